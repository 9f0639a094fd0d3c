/** Response times at several bounds: sums of them, which bounds are bet on, and at which the difference shows. */
import { describe, expect, test } from 'vitest';
import type { Rule } from '../../src/rules/rule.ts';
import { breachRatios } from '../../src/verdict/absolute.ts';
import { noEvidence } from '../../src/verdict/mixture.ts';
import { addSlower, boundsOf, clearestBound, gainsOfOne, relativeOver } from '../../src/verdict/over-bounds.ts';
import { relativeTick, splitGains } from '../../src/verdict/relative.ts';
import { startRuleState } from '../../src/verdict/rule-state.ts';
import { counts, errorRate, p95 } from './a-rule.ts';

const slow = (bound: number, canary: number, stable: number) => ({ bound, canary, stable });
const perBound = [1.25, 2, 5, 30];

test('what waits is added up bound by bound; a bound that is missing adds nothing, a new one is left out', () => {
  const more = [slow(0.5, 10, 20), slow(0.1, 1, 2)];
  expect(addSlower(undefined, more)).toBe(more);
  expect(addSlower([], more)).toBe(more);
  expect(addSlower([slow(0.1, 3, 4), slow(2, 5, 6)], more)).toEqual([slow(0.1, 4, 6), slow(2, 5, 6)]);
});

test('the bounds of the first tick stay', () => {
  const seen = [slow(0.5, 1, 1), slow(0.1, 1, 1)];
  expect(boundsOf({ relative: noEvidence }, seen)).toEqual([0.5, 0.1]);
  expect(boundsOf({ relative: noEvidence, comparedAt: [2] }, seen)).toEqual([2]);
  expect(boundsOf({ relative: { ...noEvidence, lnA: [0] } }, seen)).toBeUndefined();
  expect(boundsOf({ relative: noEvidence }, [])).toBeUndefined();
  expect(boundsOf({ relative: noEvidence }, undefined)).toBeUndefined();
});

describe('a tick', () => {
  const bet = { ratio: 1.25, phi: 2, ratios: breachRatios };
  const both = { canary: counts(100, 3), stable: counts(300, 4) };
  const rho = 125 / 425;

  test('at several bounds is that of each of them, one after the other', () => {
    const { gains } = relativeOver([0.5, 0.1, 7], bet, { both, slower: [slow(0.1, 30, 40), slow(0.5, 3, 4)] });
    const at = (canary: number, stable: number) => splitGains(perBound, { rho, canary, stable, phi: 2 });
    const expected = [...at(3, 4), ...at(30, 40), 0, 0, 0, 0];
    expect(gains).toHaveLength(expected.length);
    gains.forEach((each, i) => expect(each).toBeCloseTo(expected[i] as number, 10));
    expect(relativeOver([0.5], bet, { both, slower: undefined }).gains).toEqual([0, 0, 0, 0]);
  });

  test('without bounds is the plain one', () => {
    expect(relativeOver(undefined, bet, { both, slower: undefined })).toEqual(
      relativeTick(bet, both.canary, both.stable),
    );
  });
});

test('one more slow request is slower than the limit and all bounds below it', () => {
  const split = { rho: 0.25, canary: 1, stable: 0, phi: 1 };
  const one = splitGains(perBound, split);
  const none = [0, 0, 0, 0];
  expect(gainsOfOne({ comparedAt: [0.1, 0.5, 0.501] }, p95, split)).toEqual([...one, ...one, ...none]);
  expect(gainsOfOne({ comparedAt: [0.5 * (1 + 1e-12)] }, p95, split)).toEqual(one);
  expect(gainsOfOne({}, p95, split)).toEqual(splitGains(breachRatios, split));
  expect(gainsOfOne({ comparedAt: [0.1] }, errorRate, split)).toEqual(splitGains(breachRatios, split));
});

test('the clearest bound is the one whose bets won most, in seconds', () => {
  const lnA = [0, 0, 0, 0, 5, 5, 5, 5, 9, -9, -9, -9];
  const at = (rule: Rule, comparedAt: readonly number[] | undefined) =>
    clearestBound({ ...startRuleState(rule), comparedAt, relative: { ...noEvidence, lnA } }, rule);
  expect(at(p95, [0.1, 0.5, 2])).toBe(2);
  expect(at(p95, [0.1, 0.5])).toBe(0.5);
  const inMilliseconds = { ...p95, sli: { ...p95.sli, unitsPerSecond: 1_000 } as Rule['sli'] };
  expect(at(inMilliseconds, [100, 500])).toBe(0.5);
  expect(at(p95, undefined)).toBeNull();
  expect(at(p95, [])).toBeNull();
  expect(at(errorRate, [0.1])).toBeNull();
});
