/** No label value gets out of its quotes: what was put in comes back, by our reading and by Prometheus' own. */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { escapeRegex, renderExpression, renderMatchers, renderSelector } from '../../src/rules/promql.ts';
import { parseSelector } from '../../src/rules/selector.ts';
import type { Selector } from '../../src/rules/sli.ts';
import { needs } from '../support/needs.ts';
import { tempDir } from '../support/temp-dir.ts';

const nasty = [
  '"} or vector(0) or up{job="',
  '\\',
  '\\"',
  'a\nb',
  'a\r\tb',
  '.*',
  'a|b',
  '^(x)[y]{2}$',
  "it's",
  '`tick`',
  '$arm',
  '$&',
  'ünï©ødé 🚀',
  ' ',
  '-',
  '#',
];

const value = fc.oneof(fc.constantFrom(...nasty), fc.string({ unit: 'grapheme' }));

const parsed = (text: string): Selector => {
  const selector = parseSelector(text);
  if (!selector.ok) throw new Error(`${text}: ${selector.error}`);
  return selector.value;
};

describe('renderSelector', () => {
  const bad: Selector = { metric: 'http_requests_total', matchers: [{ label: 'code', op: '=~', value: '5..' }] };

  test('one value is matched exactly, several by an alternation, none by a contradiction', () => {
    expect(renderSelector(bad)).toBe('http_requests_total{code=~"5.."}');
    expect(renderSelector(bad, { instance: ['a:1'] })).toBe('http_requests_total{code=~"5..",instance="a:1"}');
    expect(renderSelector(bad, { instance: ['a.b:1', 'c:2'] })).toBe(
      'http_requests_total{code=~"5..",instance=~"a\\\\.b:1|c:2"}',
    );
    expect(renderSelector({ metric: 'up', matchers: [] }, { pod: [] })).toBe('up{pod="",pod!=""}');
    expect(renderSelector({ metric: 'up', matchers: [] })).toBe('up');
  });

  test('whatever the values, the selector is read back as it was meant', () => {
    fc.assert(
      fc.property(value, fc.array(value, { minLength: 1, maxLength: 4 }), (own, arms) => {
        const selector: Selector = { metric: 'm', matchers: [{ label: 'a', op: '!=', value: own }] };
        const [first, second, ...more] = parsed(renderSelector(selector, { arm: arms })).matchers;
        expect([first, more]).toEqual([selector.matchers[0], []]);
        if (arms.length === 1) expect(second).toEqual({ label: 'arm', op: '=', value: arms[0] });
        for (const arm of arms.length > 1 ? arms : []) expect(arm).toMatch(new RegExp(`^(?:${second?.value ?? ''})$`));
      }),
    );
  });

  test('an alternation matches the values and nothing else', () => {
    fc.assert(
      fc.property(value, value, (wanted, other) => {
        expect(new RegExp(`^(?:${escapeRegex(wanted)})$`).test(other)).toBe(wanted === other);
      }),
    );
  });

  test.each(['a b', 'a"', '', '1a', 'a{'])('the name %j is refused', (name) => {
    expect(() => renderSelector({ metric: name, matchers: [] })).toThrow(RangeError);
    expect(() => renderMatchers({ [name]: ['x'] })).toThrow(RangeError);
  });
});

describe('renderExpression', () => {
  test('puts the matchers at each $arm, and takes no sign in them for its own', () => {
    const promql = 'sum(a{$arm}) / sum(b{x="y",$arm})';
    expect(renderExpression(promql, { pod: ["$& $' $arm"] })).toBe(
      'sum(a{pod="$& $\' $arm"}) / sum(b{x="y",pod="$& $\' $arm"})',
    );
  });

  test('the structure of the template survives every value', () => {
    fc.assert(
      fc.property(value, (text) => {
        const inner = renderExpression('m{x="y",$arm}', { arm: [text] });
        expect(parsed(inner).matchers).toEqual([
          { label: 'x', op: '=', value: 'y' },
          { label: 'arm', op: '=', value: text },
        ]);
      }),
    );
  });
});

/** A series for each value; each selector must find its own, and a pair of values just these two. */
const promtoolTest = (): string => {
  const series = (text: string): string => `m{l=${JSON.stringify(text)}}`;
  const found = (texts: readonly string[]): readonly object[] =>
    texts.map((text) => ({ labels: series(text), value: 1 }));
  const looked = (texts: readonly string[]): object => ({
    expr: renderSelector({ metric: 'm', matchers: [] }, { l: texts }),
    eval_time: '1m',
    exp_samples: found(texts),
  });
  const pairs = nasty.map((text, index) => [text, nasty[(index + 1) % nasty.length] ?? '']);
  return JSON.stringify({
    evaluation_interval: '1m',
    tests: [
      {
        interval: '1m',
        input_series: nasty.map((text) => ({ series: series(text), values: '1 1' })),
        promql_expr_test: [...nasty.map((text) => looked([text])), ...pairs.map(looked), looked([])],
      },
    ],
  });
};

describe.runIf(needs('promtool'))("Prometheus' own engine", () => {
  test('finds exactly the series that were meant', async () => {
    const file = join(await tempDir(), 'test.yaml');
    await writeFile(file, promtoolTest());
    const { stdout } = await promisify(execFile)('promtool', ['test', 'rules', file]);
    expect(stdout).toContain('SUCCESS');
  });
});
