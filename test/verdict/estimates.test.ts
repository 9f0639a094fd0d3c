/** The numbers on the screen, and which of them are inside: never what convicts. */
import { describe, expect, test } from 'vitest';
import type { Rule } from '../../src/rules/rule.ts';
import { isInside, shownLimit, shownValue, windowOf } from '../../src/verdict/estimate.ts';
import { type Measure, measureOf } from '../../src/verdict/measured-as.ts';
import { addToWindow, emptyWindow } from '../../src/verdict/window.ts';
import { counts, cpu, errorRate, minute, p95, throughput } from './a-rule.ts';
import { aCase, noon40, type Told } from './say.ts';

const relative: Rule = { ...errorRate, compare: 'stable' };
const seconds: Rule = { ...cpu, threshold: { kind: 'seconds-above', seconds: 2 } };
const past: Measure = { kind: 'past', drop: 0.25, agoMs: 60_000 };

describe('inside', () => {
  const inside = (rule: Rule, canary: readonly [number, number], stable: readonly [number, number] = [0, 0]): boolean =>
    isInside(aCase({ rule }), measureOf(rule), { canary: counts(...canary), stable: counts(...stable) });

  test.each<[string, Rule, readonly [number, number], readonly [number, number] | undefined, boolean]>([
    ['at the limit', errorRate, [1_000, 1], undefined, true],
    ['above it', errorRate, [1_000, 2], undefined, false],
    ['of nothing, nothing is said', errorRate, [0, 0], [900, 0], false],
    ['as bad as stable times the ratio', relative, [100, 5], [400, 16], true],
    ['worse than that', relative, [100, 6], [400, 16], false],
    ['no stable to be as good as', relative, [100, 0], [0, 0], false],
    ['nothing to compare', relative, [0, 0], [400, 16], false],
    ['the share that is due at 25 %, less a tenth', throughput, [90, 0], [300, 0], true],
    ['a request less', throughput, [89, 0], [300, 0], false],
    ['nothing at all of many', throughput, [0, 0], [300, 0], false],
    ['no request anywhere', throughput, [0, 0], [0, 0], false],
  ])('%s', (_what, rule, canary, stable, expected) => expect(inside(rule, canary, stable)).toBe(expected));

  test('a total of another day is never inside by counts', () => {
    const pair = { canary: counts(100), stable: counts(100) };
    expect(isInside(aCase({ rule: errorRate }), past, pair)).toBe(false);
  });
});

describe('the window', () => {
  const seen = (told: Told) => {
    const { rule = errorRate } = told;
    const window = [9, 4, 1].reduce(
      (to, ago) => addToWindow(to, { atMs: noon40 - ago * minute, canary: counts(100, ago), stable: counts(300, ago) }),
      emptyWindow(rule.windowMs),
    );
    return windowOf(aCase({ ...told, state: { window } }));
  };
  const both = { canary: counts(200, 5), stable: counts(600, 5) };

  test('goes back by its length, the canary part not beyond the warm-up of the step', () => {
    expect(seen({})).toEqual(both);
    const weightSinceMs = noon40 - 3 * minute;
    const young = { canary: counts(100, 1), stable: counts(600, 5) };
    expect(seen({ context: { weightSinceMs } })).toEqual(young);
    expect(seen({ context: { weightSinceMs, step: null } })).toEqual(both);
    const warming = { ...errorRate, warmUpMs: 2 * minute };
    expect(seen({ rule: warming, context: { weightSinceMs: noon40 - 5.5 * minute } })).toEqual(young);
  });

  test('of a share both parts begin with the step', () => {
    const context = { weightSinceMs: noon40 - 4 * minute };
    expect(seen({ rule: throughput, context })).toEqual({ canary: counts(100, 1), stable: counts(300, 1) });
  });
});

describe('shown', () => {
  const pair = { canary: counts(100, 5), stable: counts(300, 3) };
  const fraction: Measure = { kind: 'fraction', p0: 0.001, noun: 'errors' };
  const share: Measure = { kind: 'share', drop: 0.1 };

  test.each<[string, Measure, 'canary' | 'stable', typeof pair, number | null]>([
    ['the bad part', fraction, 'canary', pair, 0.05],
    ['the bad part of stable', fraction, 'stable', pair, 0.01],
    ['none of none', fraction, 'canary', { ...pair, canary: counts(0) }, null],
    ['the share', share, 'canary', pair, 0.25],
    ['the share of stable', share, 'stable', pair, 0.75],
    ['no share of nothing', share, 'canary', { canary: counts(0), stable: counts(0) }, null],
  ])('%s', (_what, measure, arm, of, value) => expect(shownValue(measure, arm, of)).toBe(value));

  test.each<[string, Rule, Measure | null, number]>([
    ['a ratio', errorRate, null, 0.001],
    ['the part that may be slow', { ...p95, sli: { ...p95.sli, quantile: 0.75 } as Rule['sli'] }, null, 0.25],
    [
      'the lowest rate of a budget',
      {
        ...errorRate,
        burnRate: [
          { longMs: 2, shortMs: 1, rate: 8 },
          { longMs: 4, shortMs: 3, rate: 4 },
        ],
      },
      null,
      0.004,
    ],
    ['a share', throughput, null, 0.225 / 0.975],
    ['another day', throughput, past, 0.75],
    ['a level', cpu, null, 0.8],
    ['a level in seconds', seconds, null, 2],
  ])('limit: %s', (_what, rule, measure, limit) => {
    expect(shownLimit(aCase({ rule }), measure ?? measureOf(rule))).toBeCloseTo(limit, 12);
  });
});
