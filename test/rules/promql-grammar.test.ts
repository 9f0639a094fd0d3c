/** What is rendered is read by PromQL's official grammar as exactly what was meant, whatever the labels hold. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { armStandIn, expressionTree } from '../../src/rules/expression.ts';
import { presetSli, resourcePresets } from '../../src/rules/presets.ts';
import { renderExpression, renderSelector } from '../../src/rules/promql.ts';
import { type FoundSelector, promqlDuration, selectorsIn } from '../../src/rules/promql-selectors.ts';
import { parsePromql } from '../../src/rules/promql-tree.ts';
import { typeProblems } from '../../src/rules/promql-types.ts';
import { parseSelector } from '../../src/rules/selector.ts';
import type { Matcher } from '../../src/rules/sli.ts';

const nasty = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(
    '"} or vector(0) or up{job="',
    '\\',
    '\\"',
    "'",
    '`',
    '\n',
    '\r\n\t',
    '.*',
    '$arm',
    '$&',
    '{}',
    '\u0000',
    '# no comment',
    '|a',
    'é\u2028',
  ),
);

const label = fc.stringMatching(/^[a-z][a-z0-9_]{0,5}$/).filter((name) => name !== '__name__');
const labels = fc.dictionary(label, fc.array(nasty, { minLength: 1, maxLength: 3 }), { minKeys: 1, maxKeys: 3 });

const selectorsOf = (promql: string): readonly FoundSelector[] => {
  const tree = parsePromql(promql);
  if (!tree.ok) throw new Error(`${promql}: ${tree.error.message}`);
  expect(typeProblems(tree.value, promql)).toEqual([]);
  return selectorsIn(tree.value, promql);
};

const withoutPlace = ({ metric, matchers }: FoundSelector) => ({
  metric,
  matchers: matchers.map(({ label: name, op, value }) => ({ label: name, op, value })),
});

/** The labels that one matcher lets through, as far as these values go. */
const lets = ({ op, value }: Matcher, given: string): boolean =>
  op === '=' ? given === value : new RegExp(`^(?:${value})$`, 's').test(given);

describe('a rendered query', () => {
  test('has the selectors of its template and the labels of the version, and nothing else', () => {
    const templates = [
      'max(lag_seconds{queue="a b",$arm})',
      'sum by (pod) (rate(x_total{$arm}[5m])) / ignoring (c) group_left () count(y{a!="",$arm} offset 5m)',
    ];
    fc.assert(
      fc.property(fc.constantFrom(...templates), labels, (template, values) => {
        const wanted = selectorsOf(template.replaceAll('$arm', armStandIn)).map(withoutPlace);
        const found = selectorsOf(renderExpression(template, values)).map(withoutPlace);
        expect(found.length).toBe(wanted.length);
        for (const [index, { metric, matchers }] of found.entries()) {
          const own = wanted[index]?.matchers.filter(({ label: name }) => name !== '_') ?? [];
          expect([metric, matchers.slice(0, own.length)]).toEqual([wanted[index]?.metric, own]);
          const arm = matchers.slice(own.length);
          expect(arm.map(({ label: name }) => name)).toEqual(Object.keys(values));
          for (const matcher of arm) {
            const exact = values[matcher.label] ?? [];
            expect(exact.every((value) => lets(matcher, value))).toBe(true);
            expect(lets(matcher, `${exact[0]}x`)).toBe(exact.includes(`${exact[0]}x`));
          }
        }
      }),
    );
  });

  test('of a plain selector reads back as the selector', () => {
    const matcher = fc.record({ label, op: fc.constantFrom('=', '!='), value: nasty });
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z_:][a-z0-9_:]{0,9}$/),
        fc.array(matcher, { maxLength: 3 }),
        (metric, matchers) => {
          const words = ['bool', 'ignoring', 'on', 'offset', 'inf', 'nan', 'group_left', 'group_right'];
          fc.pre(!words.includes(metric));
          const selector = { metric, matchers: matchers as readonly Matcher[] };
          expect(selectorsOf(renderSelector(selector)).map(withoutPlace)).toEqual([selector]);
        },
      ),
    );
  });

  test('of every preset is sound', () => {
    for (const preset of resourcePresets)
      for (const resource of ['cpu', 'memory', 'disk'] as const) {
        const sli = presetSli(preset, { kind: 'share', resource }, { seconds: 1, snap: false, protocol: 'http' });
        if (sli?.kind === 'expression') expect(expressionTree(sli.promql).ok).toBe(true);
        if (sli?.kind === 'expression') expect(selectorsOf(sli.promql.replaceAll('$arm', armStandIn))).not.toEqual([]);
      }
  });
});

test('what a rule file accepts as a selector, the grammar reads in the same way', () => {
  const texts = ["a{b='c\\'d',}", 'a:b{c=~"x|y", d!~"z\\\\."}', ' a {b="\\n"} ', 'a{}'];
  for (const text of texts) {
    const ours = parseSelector(text);
    expect(ours.ok && [ours.value]).toEqual(selectorsOf(text.trim()).map(withoutPlace));
  }
});

test('durations as PromQL writes them', () => {
  expect(['5m', '1h30m', '90', '1.5', '2d', '100ms', '1w', '5x', 'step()'].map(promqlDuration)).toEqual([
    300_000,
    5_400_000,
    90_000,
    1_500,
    172_800_000,
    100,
    604_800_000,
    null,
    null,
  ]);
});
