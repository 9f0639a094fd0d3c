import { describe, expect, it } from 'vitest';
import { belowBaseline, belowBaselineSentence } from '../../src/verdict/below-baseline.ts';
import type { History } from '../../src/verdict/dispersion.ts';
import { arrive } from '../simulate/arrivals.ts';
import { seeded } from '../simulate/random.ts';
import { counts, errorRate, p95, throughput } from './a-rule.ts';

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

/** Windows of 10,000 requests, of which ten may fail; seventeen are more than chance. */
const windows = (...bad: readonly number[]): History => ({
  bins: bad.map((each, i) => ({ atMs: i * 300_000, ...counts(10_000, each) })),
  stepMs: 300_000,
  incidents: [],
});
const times = (length: number, bad: number) => Array.from({ length }, () => bad);

describe('by hand', () => {
  it('one window of twenty may be above, two may not', () => {
    expect(belowBaseline(errorRate, windows(...times(19, 10), 17))).toBeNull();
    expect(belowBaseline(errorRate, windows(18, ...times(18, 10), 17))).toEqual({
      above: 0.1,
      windows: 20,
      runsAt: 215 / 200_000,
      wouldDo: 0.0017,
    });
  });

  it('nineteen windows say nothing, twenty do', () => {
    expect(belowBaseline(errorRate, windows(...times(19, 100)))).toBeNull();
    expect(belowBaseline(errorRate, windows(...times(20, 100)))).toMatchObject({ above: 1, wouldDo: 0.01 });
  });

  it.each([
    [123, 0.013],
    [120, 0.012],
    [99, 0.0099],
    [9_999, 1],
    [10_000, 1],
  ])(
    'a limit that would do is written with two digits, and is no less than what was seen: %i of 10,000',
    (bad, wouldDo) => {
      expect(belowBaseline(errorRate, windows(...times(40, bad)))).toMatchObject({ wouldDo });
    },
  );

  it('windows are as long as the rule looks back, or as the history has them', () => {
    const minutes = {
      ...windows(),
      stepMs: 60_000,
      bins: times(100, 20).map((bad, i) => ({ atMs: i * 60_000, ...counts(10_000, bad) })),
    };
    expect(belowBaseline(errorRate, minutes)).toMatchObject({ windows: 20 });
    expect(belowBaseline({ ...errorRate, windowMs: 60_000 }, windows(...times(30, 100)))).toMatchObject({
      windows: 30,
    });
  });

  it('a limit of nothing at all is kept by nobody, and not worth a word', () => {
    const strict = { ...errorRate, threshold: { kind: 'ratio-above', ratio: 0 } as const };
    expect(belowBaseline(strict, windows(...times(40, 100)))).toBeNull();
  });

  it('is said in a sentence that names what would work', () => {
    const found = { above: 0.25, windows: 40, runsAt: 0.002, wouldDo: 0.0031 };
    expect(belowBaselineSentence(errorRate, found)).toBe(
      'error_rate: stable itself runs at 0.2 %, above its limit in 25 % of 40 windows of 5m: a canary as good as stable would be held for it. What would work: a threshold of 0.31 %, or compare: stable',
    );
    expect(belowBaselineSentence(p95, { ...found, runsAt: 0.08, wouldDo: 0.09 })).toBe(
      "response_time_p95: 8 % of stable's requests are slower than 500ms, above its limit in 25 % of 40 windows of 5m: a canary as good as stable would be held for it. What would work: a longer time: 9 % slower than 500ms would have to be allowed, or compare: stable",
    );
  });
});
