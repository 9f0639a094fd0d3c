import { describe, expect, test } from 'vitest';
import type { Rule } from '../../src/rules/rule.ts';
import { absoluteRate, relativeRate } from '../../src/verdict/evidence-rate.ts';
import { healthRatios } from '../../src/verdict/health.ts';
import { msFor, planStep } from '../../src/verdict/planning.ts';
import type { JudgeSettings } from '../../src/verdict/settings.ts';
import { cpu, errorRate, minute, p95, settings, throughput } from './a-rule.ts';

const step = { weight: 25, bakeMs: 15 * minute, eventsBefore: 0 };

test('100 req/s, 25 %, 0.1 -> 0.5 %, m = 1, alpha = 0.01: 89 s', () => {
  const g = relativeRate({ canary: { perSecond: 25, p: 0.005 }, stable: { perSecond: 75, p: 0.001 }, ratio: 1 });
  const ms = msFor(g, { ...settings, alpha: 0.01, rules: 1, changePoint: 'first-tick' });
  expect(Math.floor(ms / 1000)).toBe(89);
});

test('at 10 req/s a 15-minute step can neither convict twice the limit nor prove health, and says so', () => {
  const outlook = planStep(errorRate, settings, { step, traffic: { perSecond: 10, stableRatio: 0.0005 } });
  expect(outlook?.judgeability).not.toBe('judgeable');
  expect(outlook?.msToConvict[2]).toBeGreaterThan(step.bakeMs);
  expect(outlook?.msToProve).toBeGreaterThan(step.bakeMs);
  expect(outlook?.smallestRegression).toBeGreaterThan(2);
});

test('a service with one request a minute is not judgeable, one with 1,000 a second is', () => {
  const at = (perSecond: number) =>
    planStep(errorRate, settings, { step, traffic: { perSecond, stableRatio: 0.0005 } })?.judgeability;
  expect(at(1 / 60)).toBe('not');
  expect(at(0)).toBe('not');
  expect(at(1000)).toBe('judgeable');
});

test('a perfect service proves 0.1 % with about 4,020 canary requests', () => {
  const outlook = planStep(errorRate, settings, { step, traffic: { perSecond: 100, stableRatio: 0 } });
  expect((outlook?.msToProve ?? 0) / 1000).toBeCloseTo(4_020 / 25, -1);
});

test('a service that runs above the limit can never be proven', () => {
  const outlook = planStep(errorRate, settings, { step, traffic: { perSecond: 1000, stableRatio: 0.002 } });
  expect(outlook?.msToProve).toBe(Number.POSITIVE_INFINITY);
});

test('latency plans by its own fraction, throughput has nothing to plan', () => {
  const traffic = { perSecond: 100, stableRatio: 0.03 };
  expect(planStep(p95, settings, { step, traffic })?.msToConvict[5]).toBeLessThan(minute);
  expect(planStep(throughput, settings, { step, traffic })).toBeNull();
});

describe('time to convict', () => {
  const traffic = { perSecond: 100, stableRatio: 0.0005 };
  const bothArms = (p: number) => ({
    canary: { perSecond: 25, p },
    stable: { perSecond: 75, p: 0.0005 },
    ratio: errorRate.ratio,
  });
  const at = (change: Partial<Rule> = {}, given: Partial<JudgeSettings> = {}, weight = 25) =>
    planStep({ ...errorRate, ...change }, { ...settings, ...given }, { step: { ...step, weight }, traffic });

  test('is that of the slower test, and of the limit alone where nothing is compared', () => {
    const absolute = msFor(absoluteRate(25, 0.005, 0.001), settings);
    expect(at()?.msToConvict[5]).toBeGreaterThan(absolute);
    const calm = { ...traffic, stableRatio: 0 };
    expect(planStep(errorRate, settings, { step, traffic: calm })?.msToConvict[5]).toBeCloseTo(absolute, 6);
    const near = { ...traffic, stableRatio: 0.001 };
    const slow = planStep(errorRate, settings, { step, traffic: near })?.msToConvict[2] ?? 0;
    const compared = relativeRate({ ...bothArms(0.002), stable: { perSecond: 75, p: 0.001 } });
    expect(slow).toBeCloseTo(msFor(compared, settings), 6);
    expect(slow).toBeGreaterThan(msFor(absoluteRate(25, 0.002, 0.001), settings));
    for (const alone of [
      planStep({ ...errorRate, compare: 'absolute' }, settings, { step, traffic: near }),
      planStep(errorRate, { ...settings, sticky: true }, { step, traffic: near }),
    ])
      expect(alone?.msToConvict[2]).toBeCloseTo(msFor(absoluteRate(25, 0.002, 0.001), settings), 6);
    const full = planStep(errorRate, settings, { step: { ...step, weight: 100 }, traffic: near });
    expect(full?.msToConvict[2]).toBeCloseTo(msFor(absoluteRate(100, 0.002, 0.001), settings), 6);
  });

  test('grows with the dispersion, and by 0.7 nats where half of the prior waits', () => {
    const once = msFor(1, { ...settings, phi: 1, changePoint: 'first-tick' });
    expect(once).toBeCloseTo(1000 * (Math.log(6_000) + 1), 6);
    expect(msFor(1, { ...settings, phi: 1, changePoint: 'in-time' })).toBeCloseTo(once + 700, 6);
    expect(msFor(1, { ...settings, phi: 3, changePoint: 'first-tick' })).toBeCloseTo(3 * once, 6);
    expect(msFor(0, settings)).toBe(Number.POSITIVE_INFINITY);
  });

  test('the smallest regression is the one that takes the whole bake', () => {
    const smallest = at()?.smallestRegression ?? 0;
    const fits = (times: number) =>
      Math.max(
        msFor(absoluteRate(25, times * 0.001, 0.001), settings),
        msFor(relativeRate(bothArms(times * 0.001)), settings),
      ) <= step.bakeMs;
    expect(fits(smallest)).toBe(true);
    expect(fits(smallest / 1.011)).toBe(false);
  });

  test('no regression at all, not even total failure, where there is no traffic', () => {
    expect(planStep(errorRate, settings, { step, traffic: { perSecond: 0.001, stableRatio: 0 } })).toMatchObject({
      judgeability: 'not',
      smallestRegression: null,
    });
  });
});

describe('what a step is', () => {
  /** Convicts ten times the limit in 15 minutes, proves nothing, and has its sample after 20. */
  const traffic = { perSecond: 10, stableRatio: 0.0005 };
  const with25 = (change: Partial<Rule>, eventsBefore = 0) =>
    planStep({ ...errorRate, ...change }, settings, { step: { ...step, eventsBefore }, traffic });

  test('partly judgeable: it convicts, and cannot pass in time; with what came before it can', () => {
    expect(with25({})).toMatchObject({ judgeability: 'partly', msToSample: 20 * minute });
    expect(with25({}, 750)).toMatchObject({ judgeability: 'judgeable', msToSample: 15 * minute });
    expect(with25({}, 749)?.judgeability).toBe('partly');
    expect(with25({}, 3_000)?.msToSample).toBe(4 * minute);
  });

  test('a rule that wants proof is not judgeable by its sample', () => {
    expect(with25({ advanceOn: 'proven' }, 750)?.judgeability).toBe('partly');
    const fast = planStep({ ...errorRate, advanceOn: 'proven' }, settings, {
      step,
      traffic: { perSecond: 10_000, stableRatio: 0 },
    });
    expect(fast?.judgeability).toBe('judgeable');
  });

  test('partly, too, where it can pass and a canary ten times worse goes unseen', () => {
    const few = planStep({ ...errorRate, minEvents: 10 }, settings, { step, traffic: { ...traffic, perSecond: 1 } });
    expect(few?.judgeability).toBe('partly');
  });

  test.each([
    ['levels', cpu],
    ['shares', throughput],
    ['point rules', { ...errorRate, judge: 'point' as const }],
    ['rules without a limit of their own', { ...errorRate, compare: 'stable' as const }],
  ])('nothing to plan for %s', (_what, rule) => {
    expect(planStep(rule, settings, { step, traffic })).toBeNull();
  });

  test('proof takes longer the nearer the service is to its limit, and the sum of the bets says when', () => {
    const toProve = (stableRatio: number) =>
      planStep(errorRate, settings, { step, traffic: { perSecond: 100, stableRatio } })?.msToProve ?? 0;
    const events = Math.round((toProve(0.0005) / 1000) * 25);
    const lnE = (n: number) =>
      Math.log(
        healthRatios.reduce((sum, r) => sum + Math.exp(n * (0.0005 * Math.log(r) + (1 - r) * 0.001)), 0) /
          healthRatios.length,
      );
    expect(lnE(events * 1.002)).toBeGreaterThan(Math.log(20));
    expect(lnE(events * 0.998)).toBeLessThan(Math.log(20));
    expect(toProve(0.0005)).toBeGreaterThan(toProve(0.0001));
  });
});
