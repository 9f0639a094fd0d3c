/** Burn rates: both windows of a pair above its rate, with enough requests to tell, and stable beside it. */
import { describe, expect, test } from 'vitest';
import type { Rule } from '../../src/rules/rule.ts';
import { burnText, lookAtBurn } from '../../src/verdict/burn.ts';
import { addToBurn, burnWindows } from '../../src/verdict/burn-windows.ts';
import { counts, errorRate, minute } from './a-rule.ts';
import { course } from './course.ts';
import { aCase, noon40, type Told } from './say.ts';

const pair = { longMs: 60 * minute, shortMs: 5 * minute, rate: 10 };
const slow = { longMs: 6 * 60 * minute, shortMs: 30 * minute, rate: 5 };
const rule: Rule = { ...errorRate, judge: 'point', burnRate: [pair] };

/** Minutes ago, and what either version counted then. */
type Seen = readonly [
  number,
  { readonly canary: ReturnType<typeof counts>; readonly stable?: ReturnType<typeof counts> },
];

const told = (seen: readonly Seen[], { rule: given = rule, ...rest }: Told = {}): Told => ({
  ...rest,
  rule: given,
  state: () => ({
    burn: seen.reduce(
      (burn, [ago, { canary, stable = counts(0) }]) => addToBurn(burn, { atMs: noon40 - ago * minute, canary, stable }),
      burnWindows(given),
    ),
  }),
});
const look = (seen: readonly Seen[], more?: Told) => lookAtBurn(aCase(told(seen, more)), 0.001);
const text = (seen: readonly Seen[], more?: Told): string => burnText(aCase(told(seen, more)), 0.001);

test('there is a window for each length that the pairs name, once', () => {
  const lengths = burnWindows({ ...rule, burnRate: [pair, { ...slow, shortMs: 60 * minute }] });
  expect(lengths.map(({ lengthMs }) => lengthMs)).toEqual([60 * minute, 5 * minute, 6 * 60 * minute]);
  expect(addToBurn([], { atMs: 0, canary: counts(1), stable: counts(1) })).toEqual([]);
});

describe('a pair is outside', () => {
  test.each<[string, readonly Seen[], boolean]>([
    ['above its rate over both', [[1, { canary: counts(1_000, 11) }]], true],
    ['at its rate', [[1, { canary: counts(1_000, 10) }]], false],
    [
      'above it over the long one, at it over the short',
      [
        [30, { canary: counts(1_000, 20) }],
        [1, { canary: counts(1_000, 10) }],
      ],
      false,
    ],
    [
      'above it over the short one alone',
      [
        [30, { canary: counts(9_000, 0) }],
        [1, { canary: counts(1_000, 20) }],
      ],
      false,
    ],
    ['nothing came in the short one', [[30, { canary: counts(1_000, 20) }]], false],
    ['three are due with 300 requests', [[1, { canary: counts(300, 4) }]], true],
    ['with 299 they are not', [[1, { canary: counts(299, 4) }]], false],
    ['no request at all', [], false],
    ['longer ago than the long window', [[61, { canary: counts(1_000, 20) }]], false],
  ])('%s', (_what, seen, outside) => expect(look(seen).outside).toBe(outside));

  test('any of several pairs is enough', () => {
    const both = { rule: { ...rule, burnRate: [pair, slow] } };
    expect(look([[1, { canary: counts(1_000, 7) }]], both).outside).toBe(true);
    expect(look([[1, { canary: counts(1_000, 5) }]], both).outside).toBe(false);
  });

  test('to ask for three at a limit of 0.1 x 0.03 takes 1,000 requests, whatever the last digit of a double is', () => {
    const odd = { rule: { ...rule, burnRate: [{ ...pair, rate: 3 }] } };
    expect(look([[1, { canary: counts(1_000, 4) }]], odd).outside).toBe(true);
    expect(look([[1, { canary: counts(999, 4) }]], odd).outside).toBe(false);
  });
});

describe('stable shares it', () => {
  const burns = counts(1_000, 20);
  const idle = { split: false, weight: 100 };
  test.each<[string, ReturnType<typeof counts>, Told, boolean]>([
    ['it burns as well', burns, {}, true],
    ['it does not', counts(1_000, 10), {}, false],
    ['the limit alone is asked for', burns, { rule: { ...rule, compare: 'absolute' } }, false],
    ['idle, and its probes fail', burns, { context: { ...idle, stableProbes: 'fail' } }, true],
    ['idle, and its probes pass', burns, { context: { ...idle, stableProbes: 'pass' } }, false],
    ['idle, and its pods are gone', burns, { context: { ...idle, stableProbes: 'gone' } }, false],
    ['no request came, though it is split', counts(0), { context: { stableProbes: 'fail' } }, false],
  ])('%s', (_what, stable, more, shared) => {
    expect(look([[1, { canary: burns, stable }]], more)).toEqual({ outside: true, shared });
  });

  test('now, although it had many more requests before: what the canary had is a small part of its long window', () => {
    const before = counts(30_000);
    const outage = counts(1_000, 50);
    const seen: readonly Seen[] = [
      [20, { canary: counts(2_000), stable: before }],
      [1, { canary: outage, stable: outage }],
    ];
    expect(look(seen)).toEqual({ outside: true, shared: true });
    expect(look([...seen.slice(0, 1), [1, { canary: outage, stable: counts(1_000, 12) }]]).shared).toBe(false);
  });

  test('not where its own trouble is over: of all pairs the shortest window tells', () => {
    const both = { rule: { ...rule, burnRate: [pair, slow] } };
    const seen: readonly Seen[] = [
      [20, { canary: counts(0), stable: counts(1_000, 60) }],
      [1, { canary: burns, stable: counts(1_000) }],
    ];
    expect(look(seen, both)).toEqual({ outside: true, shared: false });
  });

  test('in every pair that is outside', () => {
    const both = { rule: { ...rule, burnRate: [pair, slow] } };
    const stable = counts(1_000, 7);
    expect(look([[1, { canary: burns, stable }]], both).shared).toBe(false);
    expect(look([[1, { canary: counts(1_000, 7), stable }]], both).shared).toBe(true);
  });
});

describe('people are told', () => {
  test.each<[string, readonly Seen[], Told, string]>([
    [
      'a window that is full',
      [
        [58, { canary: counts(9_000, 80) }],
        [4.9, { canary: counts(1_000, 10) }],
      ],
      {},
      'burns 9x the budget over 1h and 10x over 5m, limit 10x',
    ],
    [
      'a window that is cut to the release',
      [
        [20, { canary: counts(9_000, 171) }],
        [1, { canary: counts(1_000, 1) }],
      ],
      {},
      'burns 17.2x the budget over 1h (cut to the release: 20m) and 1x over 5m (cut to the release: 1m), limit 10x',
    ],
    [
      'nothing yet',
      [],
      {},
      'burns 0x the budget over 1h (cut to the release: just begun) and 0x over 5m (cut to the release: just begun), limit 10x',
    ],
    [
      'of two pairs the one nearest to its limit',
      [[1, { canary: counts(1_000, 7) }]],
      { rule: { ...rule, burnRate: [pair, slow] } },
      'burns 7x the budget over 6h (cut to the release: 1m) and 7x over 30m (cut to the release: 1m), limit 5x',
    ],
    [
      'of two pairs the one nearest by its weaker window',
      [
        [20, { canary: counts(10_000, 40) }],
        [1, { canary: counts(1_000, 40) }],
      ],
      { rule: { ...rule, burnRate: [pair, slow] } },
      'burns 7.27x the budget over 6h (cut to the release: 20m) and 7.27x over 30m (cut to the release: 20m), limit 5x',
    ],
    ['no pair', [], { rule: errorRate }, ''],
  ])('%s', (_what, seen, more, said) => expect(text(seen, more)).toBe(said));
});

describe('judged', () => {
  const burning = { canary: counts(375, 8), stable: counts(1_125, 0) };

  test('outside both is a breach at once, and stable beside it holds', () => {
    expect(course(rule).ticks(1, burning).verdict).toMatchObject({
      kind: 'breach',
      outcome: 'rollback',
      reason: 'Breach',
    });
    const shared = course(rule).ticks(1, { ...burning, stable: counts(1_125, 30) });
    expect(shared.verdict).toMatchObject({ kind: 'suspect', outcome: 'hold', reason: 'StableSuffersToo' });
    expect(shared.state.outside.sinceMs).toBeNull();
  });

  test('above the budget, below each rate, passes with its sample', () => {
    const within = { canary: counts(375, 3), stable: counts(1_125, 0) };
    expect(course(rule).ticks(1, within).verdict).toMatchObject({ kind: 'inconclusive', reason: 'TooFewEvents' });
    expect(course(rule).ticks(8, within).verdict).toMatchObject({ kind: 'pass', limit: 0.01 });
  });
});
