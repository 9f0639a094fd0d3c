/** What one tick adds to each bet, and what bets are worth together: by the formulas, at their limits. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { absoluteTick } from '../../src/verdict/absolute.ts';
import { absoluteRate, relativeRate } from '../../src/verdict/evidence-rate.ts';
import { isProven } from '../../src/verdict/health.ts';
import { lnAdd, lnMeanExp, logarithmsOf } from '../../src/verdict/log-sum-exp.ts';
import { addTick, noEvidence } from '../../src/verdict/mixture.ts';
import { relativeTick, splitGains } from '../../src/verdict/relative.ts';
import { keptShareRatios, leastShare, lostShareRatios, shareTick } from '../../src/verdict/share.ts';
import { counts } from './a-rule.ts';

const nothing = Number.NEGATIVE_INFINITY;
const close = (given: readonly number[], expected: readonly number[]): void => {
  expect(given).toHaveLength(expected.length);
  given.forEach((each, i) => expect(each).toBeCloseTo(expected[i] as number, 10));
};

describe('sums of logarithms', () => {
  const ln = fc.double({ min: -30, max: 30, noNaN: true });

  test('are those of the numbers', () => {
    fc.assert(
      fc.property(ln, ln, (a, b) => {
        expect(lnAdd(a, b)).toBeCloseTo(Math.log(Math.exp(a) + Math.exp(b)), 9);
        expect(lnMeanExp([a, b, a])).toBeCloseTo(Math.log((2 * Math.exp(a) + Math.exp(b)) / 3), 9);
      }),
    );
  });

  test('stay in the range where the numbers themselves do not', () => {
    expect(lnAdd(1_000, 1_000)).toBeCloseTo(1_000 + Math.LN2, 10);
    expect(lnAdd(1_000, 1_001)).toBeCloseTo(1_001 + Math.log1p(Math.exp(-1)), 10);
    expect(lnMeanExp([-2_000, -2_000])).toBeCloseTo(-2_000, 10);
    expect(lnMeanExp([1_000, 1_000 + Math.log(3)])).toBeCloseTo(1_000 + Math.LN2, 10);
  });

  test('of nothing are nothing', () => {
    expect(lnAdd(nothing, nothing)).toBe(nothing);
    expect(lnAdd(nothing, 3)).toBe(3);
    expect(lnAdd(3, nothing)).toBe(3);
    expect(lnMeanExp([])).toBe(nothing);
    expect(lnMeanExp([nothing, nothing])).toBe(nothing);
    expect(lnMeanExp([nothing, 0])).toBeCloseTo(-Math.LN2, 10);
  });

  test('logarithms of a list are worked out once', () => {
    const list = [1, 2, 5];
    expect(logarithmsOf(list)).toEqual([0, Math.log(2), Math.log(5)]);
    expect(logarithmsOf(list)).toBe(logarithmsOf(list));
    expect(logarithmsOf([1, 2, 5])).not.toBe(logarithmsOf(list));
  });
});

describe('the absolute test', () => {
  const gains = (p0: number, ratios: readonly number[], seen = counts(100, 10), phi = 2) =>
    absoluteTick({ p0, phi, ratios }, seen).gains;
  const bernoulli = (p0: number, r: number, seen = counts(100, 10), phi = 2): number =>
    (seen.bad * Math.log(r) + (seen.events - seen.bad) * Math.log((1 - r * p0) / (1 - p0))) / phi;

  test('counts rare failures as they come, and frequent ones against those that went well', () => {
    close(
      gains(0.048, [2, 5]),
      [2, 5].map((r) => (10 * Math.log(r) - (r - 1) * 4.8) / 2),
    );
    close(
      gains(0.049, [2, 5]),
      [2, 5].map((r) => bernoulli(0.049, r)),
    );
    close(
      gains(0.05, [2, 5]),
      [2, 5].map((r) => bernoulli(0.05, r)),
    );
  });

  test('bets on nothing beyond certainty; where no bet is left, half way to it', () => {
    close(gains(0.5, [1.5, 2, 3]), [bernoulli(0.5, 1.5)]);
    close(gains(0.9, [1.25, 2]), [bernoulli(0.9, 0.95 / 0.9)]);
    expect(gains(1, [1.25]).every(Number.isFinite)).toBe(true);
  });

  test('of one list knows the limit that it is asked for', () => {
    const ratios = [2, 3];
    for (const p0 of [0.1, 0.2, 0.2, 0.1])
      close(
        gains(p0, ratios),
        ratios.map((r) => bernoulli(p0, r)),
      );
  });

  test('never counts more bad ones than events as good ones lost', () => {
    close(gains(0.1, [2], counts(5, 10)), [(10 * Math.log(2)) / 2]);
  });
});

describe('the relative test and the share', () => {
  test('an arm without events says nothing, and so does a stretch without a bad one', () => {
    const test3 = { ratio: 1, phi: 1, ratios: [2, 3] };
    for (const [canary, stable] of [
      [counts(0), counts(10, 1)],
      [counts(10, 1), counts(0)],
      [counts(10), counts(10)],
    ] as const)
      expect(relativeTick(test3, canary, stable)).toEqual({ gains: [0, 0] });
    close(
      relativeTick(test3, counts(10, 1), counts(30)).gains,
      [2, 3].map((r) => Math.log(r) - Math.log(1 + 0.25 * (r - 1))),
    );
  });

  test('a canary at a quarter of the traffic may get a tenth less than that', () => {
    expect(leastShare(0.25, 0.1)).toBeCloseTo(0.225 / 0.975, 12);
    const rho = leastShare(0.25, 0.1);
    const { gains } = shareTick({ weight: 0.25, drop: 0.1, phi: 2, ratios: lostShareRatios }, 10, 90);
    close(
      gains,
      lostShareRatios.map((r) => (10 * Math.log(r) - 100 * Math.log(1 + rho * (r - 1))) / 2),
    );
    expect(gains).toEqual(splitGains(lostShareRatios, { rho, canary: 10, stable: 90, phi: 2 }));
    close(
      keptShareRatios,
      lostShareRatios.map((r) => 1 / r),
    );
  });
});

describe('evidence', () => {
  test('a bet opens with its weight, and what is not bet stays in hand', () => {
    const { lnA, rest, lnNow, lnMax } = addTick(noEvidence, { gains: [1, -1] }, 0.5);
    close(lnA, [Math.log(0.5) + 1, Math.log(0.5) - 1]);
    expect(rest).toBe(0.5);
    expect(lnNow).toBeCloseTo(Math.log((0.5 * Math.E + 0.5 / Math.E) / 2 + 0.5), 10);
    expect(lnMax).toBe(lnNow);
  });

  test('goes on from what the bets are worth, and remembers the highest it was', () => {
    const first = addTick(noEvidence, { gains: [1, 2] }, 1);
    const then = addTick(first, { gains: [-3, -4] }, 0);
    close(then.lnA, [-2, -2]);
    expect(then.rest).toBe(0);
    expect(then.lnNow).toBeCloseTo(-2, 10);
    expect(then.lnMax).toBe(first.lnNow);
  });

  test('a tick that says nothing only moves stakes: the evidence is to the last digit what it was', () => {
    const first = addTick(noEvidence, { gains: [0.3, 0.7] }, 0.5);
    expect(addTick(first, { gains: [0, 0] }, 0)).toBe(first);
    const moved = addTick(first, { gains: [0, 0] }, 0.25);
    expect(moved).toMatchObject({ rest: 0.25, lnNow: first.lnNow, lnMax: first.lnMax });
    close(
      moved.lnA,
      first.lnA.map((ln) => Math.log(Math.exp(ln) + 0.25)),
    );
  });

  test('the first tick opens the bets, also when it says nothing', () => {
    expect(addTick(noEvidence, { gains: [0, 0] }, 1)).toEqual({ lnA: [0, 0], rest: 0, lnNow: 0, lnMax: 0 });
    expect(addTick(noEvidence, { gains: [0] }, 0)).toEqual({ lnA: [nothing], rest: 1, lnNow: 0, lnMax: 0 });
  });

  test('what is said by one bet alone is no silence', () => {
    const first = addTick(noEvidence, { gains: [0.3, 0.7] }, 0.5);
    expect(addTick(first, { gains: [0, 1] }, 0).lnNow).toBeGreaterThan(first.lnNow);
  });

  test('leaves alone what it is given', () => {
    const gains = Object.freeze([0.5, 1]);
    expect(addTick(noEvidence, { gains }, 0.5).lnA).not.toBe(gains);
    expect(gains).toEqual([0.5, 1]);
  });

  test('no more than all is ever bet', () => {
    expect(addTick({ ...noEvidence, lnA: [0], rest: 0.25 }, { gains: [1] }, 0.5).rest).toBe(0);
  });

  test('proves health from 1/beta on', () => {
    const lnNow = -Math.log(0.05);
    expect(isProven({ ...noEvidence, lnNow }, 0.05)).toBe(true);
    expect(isProven({ ...noEvidence, lnNow: lnNow - 1e-9 }, 0.05)).toBe(false);
  });
});

test('evidence does not grow for what is better than allowed', () => {
  expect(absoluteRate(100, 0.0001, 0.001)).toBe(0);
  const stable = { perSecond: 75, p: 0.002 };
  expect(relativeRate({ canary: { perSecond: 25, p: 0.001 }, stable, ratio: 1 })).toBe(0);
  expect(relativeRate({ canary: { perSecond: 0, p: 1 }, stable, ratio: 1 })).toBe(0);
});
