import { describe, expect, test } from 'vitest';
import type { LevelReading } from '../../src/metrics/reading.ts';
import { counts, cpu, errorRate, minute, p95, throughput } from './a-rule.ts';
import { type Course, course } from './course.ts';

describe('latency by the exact bucket', () => {
  const slow = { canary: counts(375, 60), stable: counts(1125, 40) };
  const fine = { canary: counts(375, 11), stable: counts(1125, 33) };

  test('the first minute of a step does not count', () => {
    const warming = course(p95).ticks(4, slow);
    expect(warming.verdict).toMatchObject({ kind: 'inconclusive', reason: 'WarmingUp', events: 0 });
    expect(warming.ticks(6, fine).verdict).toMatchObject({ kind: 'pass', events: 6 * 375 });
  });

  test('more than 5 % slower than the bound convicts, in words about slow requests', () => {
    const convicted = course(p95).ticks(4, fine).ticks(3, slow);
    expect(convicted.verdict).toMatchObject({ kind: 'breach', reason: 'Breach' });
    expect(convicted.verdict.message).toMatch(
      /^response_time_p95: 16 % of requests slower than 500ms over 5m, at most 5 % may be, stable 3\.\d+ %: outside beyond doubt at .*: \d+ requests slower than 500ms in [\d,]+ canary requests/,
    );
  });

  test('60 requests are enough to be compatible', () => {
    const ended = { bakeEnded: true };
    const thin = { canary: counts(12), stable: counts(36, 1) };
    const warm = course(p95).ticks(4, thin, ended);
    expect(warm.ticks(4, thin, ended).verdict.kind).toBe('inconclusive');
    expect(warm.ticks(5, thin, ended).verdict).toMatchObject({ kind: 'pass' });
  });

  test('half of the requests slow is no gross failure', () => {
    const rule = { ...p95, warmUpMs: 0 };
    const at = course(rule, { phi: 20 }).see({
      kind: 'counts',
      atMs: 250,
      fresh: { canary: counts(12, 12), stable: counts(36) },
      aligned: { fromMs: 0, toMs: 250, canary: counts(12, 12), stable: counts(36) },
    });
    expect(at.verdict.reason).not.toBe('GrossFailure');
  });
});

describe('throughput as a share', () => {
  const due = { canary: counts(375), stable: counts(1125) };
  const half = { canary: counts(188), stable: counts(1125) };
  const warm = () => course(throughput).ticks(4, due);

  test('half of what is due convicts', () => {
    const convicted = warm().ticks(4, half);
    expect(convicted.verdict).toMatchObject({ kind: 'breach', outcome: 'rollback', reason: 'Breach' });
    expect(convicted.verdict.message).toMatch(
      /the canary gets 1[\d.]+ % of the requests over 10m, at least 23\.1 % is due/,
    );
  });

  test('what is due is proven or compatible', () => {
    expect(warm().ticks(20, due, { bakeEnded: true }).verdict.kind).toBe('pass');
  });

  test('a canary that gets nothing at all is convicted within two minutes', () => {
    expect(warm().ticks(8, { canary: counts(0), stable: counts(1125) }).verdict).toMatchObject({ kind: 'breach' });
  });

  test('is off, and says so, at 100 %, in the watch, and with affinity', () => {
    const all = warm().ticks(1, due, { step: 2, weight: 100, split: false });
    expect(all.verdict).toMatchObject({ kind: 'pass', reason: 'NotApplicable', canary: null });
    expect(all.verdict.message).toContain('it needs both versions under traffic');
    expect(warm().ticks(1, half, { step: null, weight: 0, split: false }).verdict.reason).toBe('NotApplicable');
    const sticky = course(throughput, { sticky: true }).ticks(9, half);
    expect(sticky.verdict).toMatchObject({ kind: 'pass', reason: 'NotApplicable' });
    expect(sticky.verdict.message).toContain('session affinity');
  });

  test('increments from before the weight was applied do not count against it', () => {
    const rule = { ...throughput, warmUpMs: 0 };
    const raised = { step: 1, weight: 50, weightSinceMs: 70_000, raisedAtMs: 70_000 };
    const at = course(rule).ticks(4, due).ticks(1, due, raised);
    expect(at.nowMs).toBe(75_000);
    expect(at.state.relative).toEqual(course(rule).ticks(4, due).state.relative);
  });
});

describe('levels', () => {
  const level = (atMs: number, canary: number, stable: number | null): LevelReading => ({
    kind: 'level',
    atMs,
    canary,
    stable,
  });
  const every = (from: Course, count: number, canary: number, stable: number | null = 0.5): Course => {
    let at = from;
    for (let i = 0; i < count; i++) at = at.see(level(at.nowMs + 15_000, canary, stable));
    return at;
  };

  test('inside passes at once', () => {
    expect(every(course(cpu), 1, 0.8).verdict).toMatchObject({ kind: 'pass', canary: 0.8, stable: 0.5, limit: 0.8 });
  });

  test('outside is suspect until it lasted for the whole of `for`', () => {
    const outside = every(course(cpu), 20, 0.81);
    expect(outside.verdict).toMatchObject({ kind: 'suspect', reason: 'OutsideThreshold' });
    expect(outside.verdict.message).toBe(
      'cpu_usage 81 %, limit 80%, stable 50 %: outside since 00:00:15Z, for 4m45s of 5m',
    );
    expect(every(outside, 1, 0.81).verdict).toMatchObject({ kind: 'breach', outcome: 'rollback' });
  });

  test('a warning ends when it is over, a critical breach stays', () => {
    const warned = every(course(cpu), 22, 0.81);
    expect(warned.verdict.kind).toBe('breach');
    expect(every(warned, 1, 0.5).verdict.kind).toBe('pass');
    const convicted = every(course({ ...cpu, alert: 'critical' }), 22, 0.81);
    expect(every(convicted, 1, 0.5).verdict).toMatchObject({ kind: 'breach', canary: 0.81 });
  });

  test('one reading inside starts it again', () => {
    const again = every(every(every(course(cpu), 20, 0.81), 1, 0.79), 20, 0.81);
    expect(again.verdict.kind).toBe('suspect');
  });

  test('a gap in the readings is not time outside', () => {
    const before = every(course(cpu), 2, 0.9);
    const after = before.see(level(before.nowMs + 60 * minute, 0.9, 0.5));
    expect(after.verdict.kind).toBe('suspect');
  });

  test('stable is outside, too: not the canary’s fault, unless it is ten points worse', () => {
    expect(every(course(cpu), 40, 0.9, 0.85).verdict).toMatchObject({
      kind: 'inconclusive',
      reason: 'StableSuffersToo',
    });
    expect(every(course(cpu), 40, 0.96, 0.85).verdict.kind).toBe('breach');
    expect(every(course(cpu), 40, 0.9, null).verdict.kind).toBe('breach');
  });

  test('a drop from stable’s level', () => {
    const rule = { ...cpu, threshold: { kind: 'drop-from-baseline', ratio: 0.1 }, thresholdText: '-10%' } as const;
    expect(every(course(rule), 30, 0.4).verdict.kind).toBe('breach');
    expect(every(course(rule), 30, 0.46).verdict.kind).toBe('pass');
    expect(every(course(rule), 30, 0.1, null).verdict).toMatchObject({ kind: 'pass', reason: 'NotApplicable' });
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('a level of %s says nothing', (value) => {
    expect(every(course(cpu), 1, value).verdict).toMatchObject({ kind: 'inconclusive', reason: 'NoData' });
    expect(every(course(cpu), 1, 0.5, value).verdict.kind).toBe('inconclusive');
  });

  test('before the first traffic nothing counts', () => {
    const early = course(cpu).see(level(15_000, 0.99, 0.2), { step: null, weight: 0, split: false, raisedAtMs: null });
    expect(early.verdict.kind).toBe('inconclusive');
    expect(early.state.outside.sinceMs).toBeNull();
  });
});

describe('judge: point on counts', () => {
  const rule = { ...errorRate, judge: 'point', forMs: 2 * minute, minEvents: 100 } as const;
  const outside = { canary: counts(375, 1), stable: counts(1125, 4) };

  test('compares literally over the window, for as long as it says', () => {
    const started = course(rule).ticks(8, outside);
    expect(started.verdict).toMatchObject({ kind: 'suspect', reason: 'OutsideThreshold' });
    expect(started.ticks(1, outside).verdict).toMatchObject({ kind: 'breach', reason: 'Breach' });
  });

  test('inside passes, with its sample', () => {
    const inside = { canary: counts(60), stable: counts(180) };
    expect(course(rule).ticks(1, inside).verdict).toMatchObject({ kind: 'inconclusive', reason: 'TooFewEvents' });
    expect(course(rule).ticks(2, inside).verdict).toMatchObject({ kind: 'pass', errorsToConvict: null });
  });
});
