import { expect, test } from 'vitest';
import { relativeRate } from '../../src/verdict/evidence-rate.ts';
import { msFor, planStep } from '../../src/verdict/planning.ts';
import { errorRate, minute, p95, settings, throughput } from './a-rule.ts';

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
