/** What it would take to convict: the number said is enough, one less is not, and no way is promised that is none. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Rule } from '../../src/rules/rule.ts';
import { absoluteTick, breachRatios } from '../../src/verdict/absolute.ts';
import { absoluteRate, relativeRate } from '../../src/verdict/evidence-rate.ts';
import { measureOf } from '../../src/verdict/measured-as.ts';
import { addTick, type Evidence, noEvidence } from '../../src/verdict/mixture.ts';
import { relativeTick } from '../../src/verdict/relative.ts';
import { errorsToConvict, msToConvict } from '../../src/verdict/to-convict.ts';
import { emptyWindow } from '../../src/verdict/window.ts';
import { counts, cpu, errorRate, minute, throughput } from './a-rule.ts';
import { aCase, noon40, type Told } from './say.ts';

/** Six rules, and one healthy release in a thousand. */
const target = Math.log(6_000);
const errors = (told: Told) => {
  const given = aCase(told);
  return errorsToConvict(given, measureOf(given.rule));
};
const wait = (told: Told) => {
  const given = aCase(told);
  return msToConvict(given, measureOf(given.rule));
};

/** A first tick of each test, so that there are bets to win. */
const opened = (canary = counts(3_000, 4), stable = counts(9_000, 8)) => ({
  absolute: addTick(noEvidence, absoluteTick({ p0: 0.001, phi: 1, ratios: breachRatios }, canary), 0.5),
  relative: addTick(noEvidence, relativeTick({ ratio: 1.25, phi: 1, ratios: breachRatios }, canary, stable), 0.5),
});

const oneBad = counts(1, 1);
const afterBad = (evidence: Evidence, more: number): number => {
  const { gains } = absoluteTick({ p0: 0.001, phi: 1, ratios: breachRatios }, oneBad);
  return addTick(evidence, { gains: gains.map((gain) => gain * more) }, 0).lnNow;
};
const absolutely: Rule = { ...errorRate, compare: 'absolute' };
const relatively: Rule = { ...errorRate, compare: 'stable' };
const convicted = { ...noEvidence, lnNow: target, lnMax: target };

describe('errors to a conviction', () => {
  test('so many are enough, and one less is not, whatever was seen before', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000 }), fc.double({ min: 0, max: 0.002, noNaN: true }), (events, p) => {
        const { absolute } = opened(counts(events, Math.floor(events * p)));
        fc.pre(absolute.lnMax < target);
        const more = errors({ rule: absolutely, state: { absolute } }) as number;
        expect(Number.isInteger(more) && more >= 1).toBe(true);
        expect(afterBad(absolute, more)).toBeGreaterThanOrEqual(target - 1e-9);
        if (more > 1) expect(afterBad(absolute, more - 1)).toBeLessThan(target);
      }),
    );
  });

  test('the test that needs more of them counts, and one that reached its target needs none', () => {
    const { absolute, relative } = opened();
    const byLimit = errors({ state: { absolute, relative: convicted } }) as number;
    const byStable = errors({ state: { absolute: convicted, relative } }) as number;
    expect(byLimit).toBe(errors({ rule: absolutely, state: { absolute } }));
    expect(byStable).toBe(errors({ rule: relatively, state: { relative } }));
    expect(byStable).not.toBe(byLimit);
    expect(errors({ state: { absolute, relative } })).toBe(Math.max(byLimit, byStable));
    expect(errors({ state: { absolute: convicted, relative: convicted } })).toBe(0);
  });

  test('where the versions cannot be compared the limit alone counts', () => {
    const { absolute, relative } = opened(counts(3_000, 4), counts(9_000, 90));
    const alone = errors({ rule: absolutely, state: { absolute } });
    expect(errors({ state: { absolute, relative } })).toBeGreaterThan(alone as number);
    expect(errors({ state: { absolute, relative }, context: { split: false } })).toBe(alone);
    expect(errors({ state: { absolute, relative }, judge: { sticky: true } })).toBe(alone);
    expect(errors({ rule: absolutely, state: { absolute, relative } })).toBe(alone);
  });

  test('a rule held against stable alone has no use for the limit', () => {
    const { relative } = opened();
    expect(errors({ rule: relatively, state: { absolute: noEvidence, relative } })).toBeGreaterThan(0);
  });

  test.each<[string, Told]>([
    ['before the first count', {}],
    ['before the first count of the limit', { state: () => ({ relative: opened().relative }) }],
    ['before the first count of both arms', { state: () => ({ absolute: opened().absolute }) }],
    ['of a share', { rule: throughput, state: () => opened() }],
    ['of a level', { rule: cpu, state: () => opened() }],
    ['where the number alone decides', { rule: { ...errorRate, judge: 'point' }, state: () => opened() }],
  ])('are not told %s', (_what, told) => expect(errors(told)).toBeNull());
});

describe('time to a conviction', () => {
  const arm = { perSecond: 6_000 / 300, p: 0.005 };
  const other = { perSecond: 18_000 / 300, p: 7 / 18_000 };
  const msOf = (nats: number, perSecond: number): number => (nats / perSecond) * 1_000;
  const limitMs = () => msOf(target - 2, absoluteRate(arm.perSecond, arm.p, 0.001));
  const stableMs = () => msOf(target - 1, relativeRate({ canary: arm, stable: other, ratio: 1.25 }));

  test.each<[string, Told, () => number]>([
    ['the slower test', {}, () => Math.max(limitMs(), stableMs())],
    ['the limit alone', { rule: absolutely }, limitMs],
    ['stable alone', { rule: relatively }, stableMs],
    ['no split, so the limit alone', { context: { split: false } }, limitMs],
    ['stable is convinced', { state: { relative: convicted } }, limitMs],
    ['the limit is proven broken', { state: { absolute: convicted } }, stableMs],
    ['a burst counts for less', { rule: absolutely, judge: { phi: 3 } }, () => 3 * limitMs()],
    [
      'evidence beyond the target has no wait left',
      { rule: absolutely, state: { absolute: { ...noEvidence, lnNow: target + 1 } } },
      () => 0,
    ],
  ])('%s', (_what, told, ms) => expect(wait(told)).toBeCloseTo(ms(), 6));

  test('a step of two minutes has the rate of its two minutes; the watch that of the window', () => {
    const young = { weightSinceMs: noon40 - 2 * minute };
    const rule = absolutely;
    const fast = msOf(target - 2, absoluteRate(6_000 / 120, 0.005, 0.001));
    expect(wait({ rule, context: young })).toBeCloseTo(fast, 6);
    expect(wait({ rule, context: { ...young, step: null } })).toBeCloseTo(limitMs(), 6);
  });

  test.each<[string, Told]>([
    ['a step that just began', { context: { weightSinceMs: noon40 } }],
    ['no requests', { state: () => ({ window: emptyWindow(5 * minute) }) }],
    ['both are proven', { state: { absolute: convicted, relative: convicted } }],
    ['a share', { rule: throughput }],
    ['a level', { rule: cpu }],
  ])('is not told: %s', (_what, told) => expect(wait(told)).toBeNull());
});
