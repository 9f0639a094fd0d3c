/** PromQL selectors, read strictly. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gaugeQuery } from '../../src/rules/expression.ts';
import { parseSelector } from '../../src/rules/selector.ts';

describe('parseSelector', () => {
  test.each([
    ['up', []],
    [' up { } ', []],
    ['up{a="1"}', [{ label: 'a', op: '=', value: '1' }]],
    ["up{a='it\"s',}", [{ label: 'a', op: '=', value: 'it"s' }]],
    [
      'up{a=~"5..", b!~"x|y" , c!="z"}',
      [
        { label: 'a', op: '=~', value: '5..' },
        { label: 'b', op: '!~', value: 'x|y' },
        { label: 'c', op: '!=', value: 'z' },
      ],
    ],
    ['up{a="\\"\\\\\\n"}', [{ label: 'a', op: '=', value: '"\\\n' }]],
  ])('%s', (text, matchers) => {
    expect(parseSelector(text)).toEqual({ ok: true, value: { metric: 'up', matchers } });
  });

  test.each([
    '',
    '{a="1"}',
    'up{',
    'up}',
    'up{a}',
    'up{a=1}',
    'up{a="1"',
    'up{a="1"}[5m]',
    'up{a="1"} or up',
    'up offset 5m',
    'sum(up)',
    'up{a="1" b="2"}',
    'up{,}',
    'up{a="\\x"}',
    'up{a="\n"}',
    'up{a=~"("}',
    'up{a=~"(?=x)"}',
    'up{__name__="x"}',
    '1up',
    'up-down',
    `up{a="${'x'.repeat(1000)}"}`,
  ])('%j is refused', (text) => expect(parseSelector(text).ok).toBe(false));

  test('any text gets a selector or a sentence, never a throw', () => {
    const pieces = fc.constantFrom('up', '{', '}', 'a', '=', '=~', '"', "'", '\\', ',', ' ', '\n', '(');
    const text = fc.oneof(
      fc.string(),
      fc.array(pieces).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(text, (tried) => {
        const parsed = parseSelector(tried);
        if (!parsed.ok) expect(parsed.error).not.toBe('');
      }),
    );
  });
});

describe('gaugeQuery', () => {
  const selector = { metric: 'fill', matchers: [{ label: 'queue', op: '=', value: 'in' }] };

  test.each(['fill{queue="in"}', 'fill{queue="in",$arm}', 'fill{$arm,queue="in"}', 'fill{ $arm , queue="in" }'])(
    '%s is read as it stands',
    (text) =>
      expect(gaugeQuery(text, 'max')).toEqual({ ok: true, value: { kind: 'gauge', selector, aggregate: 'max' } }),
  );

  test.each(['max(fill{$arm})', 'fill{$arm} / 100', 'rate(a{x="}",$arm}[5m])', 'a{$arm} / on (pod) b{x="y",$arm}'])(
    '%s is computed by the source',
    (promql) =>
      expect(gaugeQuery(promql, 'avg')).toEqual({ ok: true, value: { kind: 'expression', promql, aggregate: 'avg' } }),
  );

  test.each([
    'sum(fill)',
    'sum(fill{$arm)',
    'sum(fill{$armed})',
    'sum(fill{a="$arm"})',
    'fill + $arm',
    'sum(fill{$arm}) # "',
  ])('%s is refused', (promql) => expect(gaugeQuery(promql, 'avg').ok).toBe(false));
});
