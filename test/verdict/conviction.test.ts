import { describe, expect, test } from 'vitest';
import type { Nothing } from '../../src/metrics/reading.ts';
import { counts, errorRate, minute, readingOf } from './a-rule.ts';
import { course } from './course.ts';

const calm = { canary: counts(375), stable: counts(1125, 1) };
const bad = { canary: counts(375, 8), stable: counts(1125, 1) };
const outage = { canary: counts(375, 100), stable: counts(1125, 300) };
const silence = (atMs: number): Nothing => ({
  kind: 'nothing',
  atMs,
  reason: 'SourceDown',
  message: 'prometheus does not answer',
});

describe('a canary that is worse than the limit and than stable', () => {
  const convicted = () => course(errorRate).ticks(10, bad);

  test('is rolled back, with numbers and time in the sentence', () => {
    expect(convicted().verdict).toMatchObject({ kind: 'breach', outcome: 'rollback', reason: 'Breach' });
    expect(convicted().verdict.message).toMatch(
      /^error_rate 2\.13 % over 5m, limit 0\.1%, stable 0\.0889 %: outside beyond doubt at 00:00:\d\dZ: \d+ errors in [\d,]+ canary requests since the release began$/,
    );
    expect(convicted().verdict.lnAbsolute).toBeGreaterThanOrEqual(convicted().verdict.lnConvict);
    expect(convicted().verdict.lnRelative).toBeGreaterThanOrEqual(convicted().verdict.lnConvict);
  });

  test('stays convicted, whatever is read afterwards, and in every later phase', () => {
    const later = convicted().ticks(200, calm);
    expect(later.verdict).toEqual(convicted().verdict);
    expect(convicted().see(silence(convicted().nowMs + 1), { step: null, weight: 0, split: false }).verdict).toEqual(
      convicted().verdict,
    );
  });

  test('is first held, and the sentence says what it would take', () => {
    const first = course(errorRate).ticks(1, { canary: counts(375, 3), stable: counts(1125, 1) });
    expect(first.verdict).toMatchObject({ kind: 'inconclusive', outcome: 'none', reason: 'BakeNotEnded' });
    const second = first.ticks(1, { canary: counts(375, 2), stable: counts(1125, 1) });
    expect(second.verdict).toMatchObject({ kind: 'suspect', outcome: 'hold', reason: 'EvidenceRising' });
    expect(second.verdict.message).toMatch(/about \d+m?\d*s more like this, or \d+ more errors now, would roll back$/);
    const more = second.verdict.errorsToConvict as number;
    const oneLess = second.ticks(1, { canary: counts(more - 1, more - 1), stable: counts(3 * (more - 1)) });
    const enough = second.ticks(1, { canary: counts(more, more), stable: counts(3 * more) });
    expect(oneLess.verdict.kind).toBe('suspect');
    expect(enough.verdict.kind).toBe('breach');
  });
});

test('evidence of one step counts in the next', () => {
  const split = { canary: counts(375, 2), stable: counts(1125, 1) };
  const alone = course(errorRate).ticks(3, split);
  expect(alone.verdict.kind).not.toBe('breach');
  const secondStep = { step: 1, weight: 50, weightSinceMs: alone.nowMs, raisedAtMs: alone.nowMs };
  const next = alone.ticks(9, split, secondStep);
  const fresh = course(errorRate).ticks(9, split);
  expect(next.state.absolute.lnMax).toBeGreaterThan(fresh.state.absolute.lnMax);
  expect(next.state.step.counts.canary.events).toBe(9 * 375);
});

describe('an outage that hits both versions', () => {
  const before = () => course(errorRate).ticks(40, calm);

  test('long after the last rise: held as bad environment, never rolled back', () => {
    const during = before().ticks(4, outage);
    expect(during.verdict).toMatchObject({ kind: 'suspect', outcome: 'hold', reason: 'EnvironmentBad' });
    expect(during.verdict.message).toContain('the environment is bad');
  });

  test('goes on when it is over: evidence and sample start again once stable was inside for a window', () => {
    const over = before().ticks(4, outage).ticks(20, calm);
    expect(over.verdict.outcome).toBe('hold');
    const later = over.ticks(20, calm);
    expect(later.verdict.outcome).toBe('none');
    expect(later.state.absolute.lnMax).toBeLessThan(1);
    const passed = later.ticks(10, calm, { bakeEnded: true });
    expect(passed.verdict).toMatchObject({ kind: 'pass' });
  });

  test('a canary that is bad after it is still convicted', () => {
    const later = before().ticks(4, outage).ticks(40, calm).ticks(10, bad);
    expect(later.verdict).toMatchObject({ kind: 'breach', reason: 'Breach' });
  });

  test('right after a rise: the last change is undone first', () => {
    const raised = { step: 1, weight: 50, weightSinceMs: before().nowMs, raisedAtMs: before().nowMs };
    const during = before().ticks(4, outage, raised);
    expect(during.verdict).toMatchObject({ kind: 'breach', outcome: 'rollback', reason: 'SharedAfterRise' });
    expect(during.verdict.message).toContain('shortly after the weight was raised');
  });

  test('right after a rise, for those who prefer to hold', () => {
    const held = course(errorRate, { onShared: 'hold' }).ticks(40, calm);
    const raised = { step: 1, weight: 50, weightSinceMs: held.nowMs, raisedAtMs: held.nowMs };
    const during = held.ticks(4, outage, raised);
    expect(during.verdict).toMatchObject({ kind: 'suspect', outcome: 'hold', reason: 'SharedAfterRise' });
  });

  test('that was there before the rise is not the fault of the rise', () => {
    const already = before().ticks(4, outage);
    const raised = { step: 1, weight: 50, weightSinceMs: already.nowMs, raisedAtMs: already.nowMs };
    expect(already.ticks(4, outage, raised).verdict).toMatchObject({ outcome: 'hold', reason: 'EnvironmentBad' });
  });

  test('later than the shared window after the rise is not either', () => {
    const raised = { step: 1, weight: 50, weightSinceMs: before().nowMs, raisedAtMs: before().nowMs };
    const late = before().ticks(21, calm, raised).ticks(4, outage, raised);
    expect(late.verdict).toMatchObject({ outcome: 'hold', reason: 'EnvironmentBad' });
  });
});

describe('without stable traffic (100 %, watch)', () => {
  const all = (nowMs: number) => ({ step: 2, weight: 100, split: false, weightSinceMs: nowMs, raisedAtMs: nowMs });
  const alone = { canary: counts(1500, 30), stable: counts(0) };
  const split = () => course(errorRate).ticks(40, calm);

  test('stable was inside and passes its probes: rolled back', () => {
    expect(split().ticks(3, alone, all(split().nowMs)).verdict).toMatchObject({ kind: 'breach', reason: 'Breach' });
  });

  test("stable's probes fail in the same way: environment", () => {
    const given = { ...all(split().nowMs), stableProbes: 'fail' } as const;
    const held = split().ticks(3, alone, given);
    expect(held.verdict).toMatchObject({ kind: 'suspect', outcome: 'hold', reason: 'EnvironmentBad' });
    expect(held.verdict.message).toContain('stable fails its probes');
  });

  test("stable's pods are gone: rolled back", () => {
    const given = { ...all(split().nowMs), stableProbes: 'gone' } as const;
    expect(split().ticks(3, alone, given).verdict).toMatchObject({ kind: 'breach', reason: 'Breach' });
  });

  test('in the watch, with the weight at 0: rolled back all the same', () => {
    const watch = { step: null, weight: 0, split: false, raisedAtMs: 0, weightSinceMs: split().nowMs };
    expect(split().ticks(3, alone, watch).verdict).toMatchObject({ kind: 'breach', reason: 'Breach' });
  });
});

test('outside the limit, but stable hardly better: waits for the relative test', () => {
  const both = course(errorRate).ticks(60, { canary: counts(3750, 8), stable: counts(11_250, 10) });
  expect(both.verdict).toMatchObject({ kind: 'breach' });
  const twins = course(errorRate).ticks(100, { canary: counts(3750, 5), stable: counts(11_250, 11) });
  expect(twins.verdict).toMatchObject({ kind: 'suspect', outcome: 'hold', reason: 'AwaitingRelative' });
});

test('split, but no stable target lives: the limit alone convicts', () => {
  const alone = course(errorRate).ticks(6, { canary: counts(375, 8), stable: null });
  expect(alone.verdict).toMatchObject({ kind: 'breach', outcome: 'rollback', reason: 'Breach', stable: null });
});

describe('worse than stable, inside the limit', () => {
  const fine = { canary: counts(37_500, 18), stable: counts(112_500, 6) };

  test('more than three times: held for a person', () => {
    const held = course(errorRate).ticks(20, fine, { bakeEnded: true });
    expect(held.verdict).toMatchObject({ kind: 'suspect', outcome: 'hold', reason: 'WorseThanStable' });
  });

  test('onWorse says otherwise', () => {
    const rolledBack = course(errorRate, { onWorse: 'rollback' }).ticks(20, fine);
    expect(rolledBack.verdict).toMatchObject({ kind: 'breach', outcome: 'rollback', reason: 'WorseThanStable' });
    const passed = course(errorRate, { onWorse: 'ignore' }).ticks(20, fine, { bakeEnded: true });
    expect(passed.verdict).toMatchObject({ kind: 'pass', reason: 'WorseWithinLimit' });
  });

  test('a little: passes, and it is recorded', () => {
    const twice = { canary: counts(37_500, 16), stable: counts(112_500, 24) };
    const passed = course(errorRate).ticks(40, twice, { bakeEnded: true });
    expect(passed.verdict).toMatchObject({ kind: 'pass', outcome: 'none', reason: 'WorseWithinLimit' });
  });
});

describe('other ways to compare', () => {
  test('compare: absolute needs no stable, and convicts in an outage, too', () => {
    const rule = { ...errorRate, compare: 'absolute' } as const;
    expect(course(rule).ticks(40, calm).ticks(4, outage).verdict).toMatchObject({ kind: 'breach', reason: 'Breach' });
  });

  test('compare: stable has no limit of its own', () => {
    const rule = { ...errorRate, compare: 'stable' } as const;
    const twins = { canary: counts(375, 4), stable: counts(1125, 12) };
    expect(course(rule).ticks(80, twins, { bakeEnded: true }).verdict.kind).toBe('pass');
    expect(course(rule).ticks(20, { canary: counts(375, 8), stable: counts(1125, 4) }).verdict.kind).toBe('breach');
    const alone = course(rule).ticks(1, bad, { step: 2, weight: 100, split: false });
    expect(alone.verdict).toMatchObject({ kind: 'pass', reason: 'NotApplicable' });
  });

  test('with session affinity the limit alone convicts', () => {
    expect(course(errorRate, { sticky: true }).ticks(10, bad).verdict).toMatchObject({ kind: 'breach' });
    const held = course(errorRate, { sticky: true }).ticks(40, calm).ticks(4, outage);
    expect(held.verdict).toMatchObject({ outcome: 'hold', reason: 'EnvironmentBad' });
  });
});

describe('gross failure', () => {
  const quick = (atMs: number, arms: Parameters<typeof readingOf>[1], alignedToMs = atMs) => {
    const reading = readingOf(atMs, arms);
    return { ...reading, aligned: { ...reading.aligned, fromMs: atMs - 250, toMs: alignedToMs } };
  };
  const dead = { canary: counts(6, 6), stable: counts(19) };

  test('ten requests, half of them failed, stable fine: at once, though phi is large', () => {
    const at = course(errorRate, { phi: 20 }).see(quick(250, dead)).see(quick(500, dead));
    expect(at.verdict).toMatchObject({ kind: 'breach', outcome: 'rollback', reason: 'GrossFailure' });
  });

  test('nine requests are not enough', () => {
    const at = course(errorRate, { phi: 20 }).see(quick(250, { canary: counts(9, 9), stable: counts(19) }));
    expect(at.verdict.kind).not.toBe('breach');
  });

  test('stable fails, too: not the canary alone', () => {
    const both = { canary: counts(12, 12), stable: counts(38, 3) };
    expect(course(errorRate, { phi: 20 }).see(quick(250, both)).verdict.reason).not.toBe('GrossFailure');
  });

  test('stable was sampled too long before to know', () => {
    const skewed = course(errorRate, { phi: 20 }).see(quick(10_250, { canary: counts(12, 12), stable: counts(0) }));
    expect(skewed.verdict.reason).toBe('GrossFailure');
    const later = quick(10_250, { canary: counts(12, 12), stable: counts(38) }, 7_000);
    expect(course(errorRate, { phi: 20 }).see(later).verdict.reason).not.toBe('GrossFailure');
  });

  test('failures spread over longer than five seconds are left to the evidence', () => {
    const slow = course(errorRate, { phi: 20 }).ticks(1, { canary: counts(12, 12), stable: counts(38) });
    expect(slow.verdict.reason).not.toBe('GrossFailure');
  });
});

test('nothing counts before the first traffic', () => {
  const waiting = course(errorRate).ticks(3, bad, { step: null, weight: 0, split: false, raisedAtMs: null });
  expect(waiting.verdict).toMatchObject({ kind: 'inconclusive', reason: 'TooFewEvents', events: 0 });
  expect(waiting.verdict.stable).toBeCloseTo(1 / 1125);
});

test('a minute of silence in the middle changes nothing', () => {
  const at = course(errorRate).ticks(2, { canary: counts(375, 2), stable: counts(1125, 1) });
  const silent = at.see(silence(at.nowMs + minute));
  expect(silent.state).toEqual(at.state);
  expect(silent.verdict).toMatchObject({ kind: 'inconclusive', outcome: 'none', reason: 'NoData' });
  expect(silent.verdict.message).toContain('prometheus does not answer');
});
