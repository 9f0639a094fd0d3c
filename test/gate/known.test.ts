import { describe, expect, it } from 'vitest';
import { knownOf, type Lookback } from '../../src/gate/known.ts';
import { failed, ok } from '../../src/lib/result.ts';
import { defaultJudgeSettings } from '../../src/verdict/settings.ts';
import { arrive, burstingArm } from '../simulate/arrivals.ts';
import { seeded } from '../simulate/random.ts';
import { cpu, errorRate, p95, throughput } from '../verdict/a-rule.ts';

const stepMs = 60_000;
const judge = { ...defaultJudgeSettings, rules: 4 };

const week = (rate: number, size = 1) => {
  const arm = burstingArm(seeded(4), { size, seconds: 60 }, 60);
  const bins = Array.from({ length: 7 * 1440 }, (_, i) => ({
    atMs: i * stepMs,
    ...(size === 1
      ? arrive(seeded(i), { perSecond: 100, errorRate: rate }, 60)
      : arm({ perSecond: 100, errorRate: rate })),
  }));
  return ok({ bins, stepMs, incidents: [] });
};

const lookback = (change: Partial<Lookback> = {}): Lookback => ({
  rules: [errorRate, p95, throughput, cpu],
  judge,
  histories: { error_rate: week(0.0005), response_time_p95: week(0.02) },
  step: { weight: 25, bakeMs: 600_000, eventsBefore: 0 },
  traffic: { perSecond: 100, stableRatio: 0.0005 },
  ...change,
});

describe('what history says', () => {
  it('is recorded for each rule that counts what is bad', () => {
    const { dispersion, notes } = knownOf(lookback());
    expect(Object.keys(dispersion)).toEqual(['error_rate', 'response_time_p95']);
    expect(dispersion['error_rate']).toMatchObject({ from: 'history', changePoint: 'in-time' });
    expect(dispersion['error_rate']?.phi).toBeLessThan(1.3);
    expect(notes).toEqual([]);
  });

  it('does not count where the policy states the dispersion', () => {
    const stated = { ...judge, phi: 5, changePoint: 'in-time', from: 'stated' } as const;
    const { dispersion, notes } = knownOf(lookback({ judge: stated, histories: {} }));
    expect(dispersion['error_rate']).toEqual({ phi: 5, changePoint: 'in-time', from: 'stated' });
    expect(notes).toEqual([]);
  });

  it('that is missing is said once for all rules, with why, and the dispersion is assumed', () => {
    const none = failed('the metric source has no history');
    const { dispersion, notes } = knownOf(lookback({ histories: { error_rate: none, response_time_p95: none } }));
    expect(dispersion['error_rate']).toEqual({ phi: 3, changePoint: 'first-tick', from: 'assumed' });
    expect(notes).toMatchObject([{ reason: 'BaselineUnknown', rule: null }]);
    expect(notes[0]?.message).toMatch(
      /^how bursty error_rate, response_time_p95 usually are .*\(the metric source has no history\)/,
    );
  });

  it('that was not read, or says too little, is said with the reason of each rule', () => {
    const { bins } = week(0).value;
    const { dispersion, notes } = knownOf(
      lookback({ histories: { response_time_p95: ok({ bins, stepMs, incidents: [] }) } }),
    );
    expect(dispersion['response_time_p95']).toEqual({ phi: 3, changePoint: 'first-tick', from: 'assumed' });
    expect(notes[0]?.message).toBe(
      'how bursty error_rate, response_time_p95 usually are is not known (no history was read; too little history, or too few errors in it): taken as 3 times as scattered as chance until stable has shown 20 bad requests in this release',
    );
    const one = knownOf(lookback({ histories: { response_time_p95: week(0.02) } })).notes[0]?.message;
    expect(one).toMatch(/^how bursty error_rate usually is is not known \(no history was read\)/);
  });

  it.each([
    ['the step', { step: null }],
    ['the traffic', { traffic: null }],
  ])('of bursts is said without their cost in time where %s is not known', (_what, change) => {
    const histories = { error_rate: week(0.0005, 40) };
    const { notes } = knownOf(lookback({ rules: [errorRate], histories, ...change }));
    expect(notes[0]?.message).toMatch(
      /^error_rate: its bad requests come in bursts, \d+ times as scattered as chance over \S+; it is judged as if it were 20\. Bursts at stable are worth mending first$/,
    );
  });

  it('of bursts is said to cost for ever where there is no traffic', () => {
    const histories = { error_rate: week(0.0005, 40) };
    const traffic = { perSecond: 0, stableRatio: 0 };
    const { notes } = knownOf(lookback({ rules: [errorRate], histories, traffic }));
    expect(notes[0]?.message).toContain('5 times the limit never, 10 times the limit never to convict');
  });

  it('of bursts beyond the cap is said with the time that they cost', () => {
    const { dispersion, notes } = knownOf(
      lookback({ rules: [errorRate], histories: { error_rate: week(0.0005, 40) } }),
    );
    expect(dispersion['error_rate']?.phi).toBe(20);
    expect(notes[0]).toMatchObject({ reason: 'RuleTooBursty', rule: 'error_rate' });
    expect(notes[0]?.message).toMatch(
      /at 25 % it takes 5 times the limit about \S+, 10 times the limit about \S+ to convict/,
    );
  });

  it('of a limit that stable does not keep is said, and refuses nothing', () => {
    const { notes } = knownOf(lookback({ rules: [errorRate], histories: { error_rate: week(0.003) } }));
    expect(notes).toMatchObject([{ reason: 'ThresholdBelowBaseline', rule: 'error_rate' }]);
  });
});
