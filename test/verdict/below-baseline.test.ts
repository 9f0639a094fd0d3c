import { describe, expect, it } from 'vitest';
import { belowBaseline, belowBaselineSentence } from '../../src/verdict/below-baseline.ts';
import type { History } from '../../src/verdict/dispersion.ts';
import { arrive } from '../simulate/arrivals.ts';
import { seeded } from '../simulate/random.ts';
import { errorRate, p95, throughput } from './a-rule.ts';

const history = (perSecond: number, rate: (i: number) => number): History => {
  const random = seeded(9);
  const bins = Array.from({ length: 7 * 1440 }, (_, i) => ({
    atMs: i * 60_000,
    ...arrive(random, { perSecond, errorRate: rate(i) }, 60),
  }));
  return { bins, stepMs: 60_000, incidents: [] };
};

describe('a limit that stable does not keep', () => {
  it('is named with what stable runs at, and with a limit that it would have kept', () => {
    const found = belowBaseline(
      errorRate,
      history(100, () => 0.002),
    );
    expect(found?.above).toBeGreaterThan(0.9);
    expect(found?.runsAt).toBeCloseTo(0.002, 4);
    expect(found?.wouldDo).toBeGreaterThan(0.002);
    expect(found?.wouldDo).toBeLessThan(0.003);
    if (found !== null)
      expect(belowBaselineSentence(errorRate, found)).toMatch(
        /^error_rate: stable itself runs at 0\.\d+ %, above its limit in \d+(\.\d)? % of 2016 windows of 5m: .* a threshold of 0\.2\d %, or compare: stable$/,
      );
  });

  it('is found where only some of the hours are bad', () => {
    const some = history(200, (i) => (i % 1440 < 144 ? 0.005 : 0.0002));
    expect(belowBaseline(errorRate, some)?.above).toBeCloseTo(0.1, 1);
  });

  it('is found for slow requests, too', () => {
    const found = belowBaseline(
      p95,
      history(100, () => 0.08),
    );
    expect(found).toMatchObject({ above: 1 });
    if (found !== null) expect(belowBaselineSentence(p95, found)).toContain('slower than 500ms');
  });
});

describe('nothing is said', () => {
  it.each([
    ['where the limit is kept', errorRate, history(100, () => 0.0005)],
    ['where few requests are above it by chance alone', errorRate, history(10, () => 0.0005)],
    ['of one bad hour', errorRate, history(100, (i) => (i < 60 ? 0.05 : 0.0003))],
    ['of a rule that compares with stable', { ...errorRate, compare: 'stable' as const }, history(100, () => 0.002)],
    ['of a share of the traffic', throughput, history(100, () => 0.002)],
    ['of an hour', errorRate, { ...history(100, () => 0.002), bins: history(100, () => 0.002).bins.slice(0, 60) }],
  ])('%s', (_what, rule, given) => expect(belowBaseline(rule, given)).toBeNull());

  it('of recorded incidents', () => {
    const bad = history(100, (i) => (i < 2_000 ? 0.01 : 0.0003));
    expect(belowBaseline(errorRate, bad)).not.toBeNull();
    expect(belowBaseline(errorRate, { ...bad, incidents: [{ fromMs: 0, toMs: 2_000 * 60_000 }] })).toBeNull();
  });
});
