import { describe, expect, test } from 'vitest';
import { counts, errorRate, minute } from './a-rule.ts';
import { course } from './course.ts';

const ended = { bakeEnded: true };

describe('compatible: looked at when the bake ends, and when the sample has doubled', () => {
  const good = { canary: counts(375), stable: counts(1125, 1) };
  /** 4 errors in 3,000: outside by the estimate, far from a conviction. */
  const unlucky = { canary: counts(3000, 4), stable: counts(9000, 6) };

  test('not before the bake ends, though the sample is there', () => {
    const baking = course(errorRate).ticks(9, { canary: counts(375, 0.3), stable: counts(1125, 1) });
    expect(baking.verdict).toMatchObject({ kind: 'inconclusive', reason: 'BakeNotEnded' });
    expect(baking.ticks(1, good, ended).verdict).toMatchObject({ kind: 'pass', reason: 'Compatible' });
  });

  test('not before the sample is there, though the bake has ended', () => {
    const early = course(errorRate).ticks(7, good, ended);
    expect(early.verdict).toMatchObject({ kind: 'inconclusive', reason: 'TooFewEvents' });
    expect(early.verdict.message).toBe(
      'error_rate 0 % over 5m, limit 0.1%, stable 0.0889 %: needs 375 more canary requests, about 15s',
    );
    expect(early.ticks(1, good, ended).verdict).toMatchObject({ kind: 'pass', reason: 'Compatible' });
  });

  test('a failed look is not repeated until the sample has doubled', () => {
    const failed = course(errorRate).ticks(1, unlucky, ended);
    expect(failed.verdict).toMatchObject({ kind: 'suspect', reason: 'OutsideThreshold' });
    const between = failed.ticks(1, { canary: counts(2900), stable: counts(8700, 6) }, ended);
    expect(between.verdict).toMatchObject({ kind: 'inconclusive', reason: 'TooFewEvents' });
    expect(between.verdict.message).toContain('needs 100 more canary requests');
    expect(between.ticks(1, { canary: counts(100), stable: counts(300) }, ended).verdict.kind).toBe('pass');
  });

  test('a pass is taken back when the next look fails', () => {
    const passed = course(errorRate).ticks(1, { canary: counts(3000, 3), stable: counts(9000, 6) }, ended);
    expect(passed.verdict.reason).toBe('Compatible');
    const later = passed.ticks(1, { canary: counts(2500, 3), stable: counts(9000, 6) }, ended);
    expect(later.verdict.reason).toBe('Compatible');
    expect(later.ticks(1, { canary: counts(600, 1), stable: counts(1800, 1) }, ended).verdict.kind).toBe('suspect');
  });

  test('the next step begins anew, with a fifth of the sample', () => {
    const passed = course(errorRate).ticks(8, good, ended);
    const second = { step: 1, weight: 50, weightSinceMs: passed.nowMs, raisedAtMs: passed.nowMs, bakeEnded: true };
    const first = passed.ticks(1, { canary: counts(375), stable: counts(375) }, second);
    expect(first.verdict).toMatchObject({ kind: 'inconclusive', reason: 'TooFewEvents', stepEvents: 375 });
    expect(first.ticks(1, { canary: counts(375), stable: counts(375) }, second).verdict.kind).toBe('pass');
  });

  test('what began before the weight was applied does not count for the step', () => {
    const straddling = course(errorRate).ticks(1, good).ticks(1, good, { step: 1, weight: 50, weightSinceMs: 20_000 });
    expect(straddling.verdict).toMatchObject({ events: 750, stepEvents: 0 });
  });

  test('a step begins when its weight is applied, not when it is decided', () => {
    const before = course(errorRate).ticks(4, good);
    const decided = before.ticks(4, good, { step: 1, weight: 25, weightSinceMs: 0 });
    expect(decided.verdict.stepEvents).toBe(4 * 375);
    const applied = { step: 1, weight: 50, weightSinceMs: decided.nowMs, raisedAtMs: decided.nowMs };
    expect(decided.ticks(2, good, applied).verdict).toMatchObject({ events: 10 * 375, stepEvents: 2 * 375 });
  });

  test('advanceOn: proven wants more', () => {
    const strict = { ...errorRate, advanceOn: 'proven' } as const;
    const clean = { canary: counts(3000), stable: counts(9000, 9) };
    const seen = course(strict).ticks(1, clean, ended);
    expect(seen.verdict.kind).toBe('inconclusive');
    expect(seen.ticks(1, clean, ended).verdict).toMatchObject({ kind: 'pass', reason: 'Proven' });
  });
});

test('proven may come before the bake ends', () => {
  const proven = course(errorRate).ticks(1, { canary: counts(4_020), stable: counts(9000, 9) });
  expect(proven.verdict).toMatchObject({ kind: 'pass', outcome: 'none', reason: 'Proven' });
  expect(proven.verdict.message).toMatch(/proven inside for this step; \d+ more errors now would roll back$/);
});

test('a window outside the limit is suspect with enough events, and not with fewer', () => {
  const wobble = { canary: counts(1500, 2), stable: counts(4500, 3) };
  expect(course(errorRate).ticks(1, wobble).verdict.kind).toBe('inconclusive');
  expect(course(errorRate).ticks(2, wobble).verdict).toMatchObject({ kind: 'suspect', reason: 'OutsideThreshold' });
});

test('a pass is for the whole step: a wobble of the window afterwards does not take it back', () => {
  const passed = course(errorRate).ticks(40, { canary: counts(1500, 0.6), stable: counts(4500, 3) }, ended);
  const wobble = passed.ticks(1, { canary: counts(1500, 20), stable: counts(4500, 4) }, ended);
  expect(wobble.verdict.kind).not.toBe('pass');
  const mild = passed.ticks(5, { canary: counts(1500, 2), stable: counts(4500, 3) }, ended);
  expect(mild.verdict).toMatchObject({ kind: 'pass' });
});

test('dry runs and info rules are judged like others and move nothing', () => {
  const bad = { canary: counts(375, 20), stable: counts(1125, 1) };
  expect(course({ ...errorRate, dryRun: true }).ticks(4, bad).verdict).toMatchObject({
    kind: 'breach',
    advisory: true,
  });
  expect(course({ ...errorRate, alert: 'info' }).ticks(4, bad).verdict.advisory).toBe(true);
  expect(course({ ...errorRate, alert: 'warning' }).ticks(4, bad).verdict.advisory).toBe(false);
});

describe('a rule for some weights only', () => {
  const rule = { ...errorRate, steps: [50] };
  const bad = { canary: counts(375, 20), stable: counts(1125, 1) };

  test('says that it does not apply elsewhere, and keeps no evidence from there', () => {
    const elsewhere = course(rule).ticks(4, bad);
    expect(elsewhere.verdict).toMatchObject({ kind: 'pass', reason: 'NotApplicable', canary: null });
    expect(elsewhere.verdict.message).toBe('error_rate, limit 0.1%: does not apply here: it is for 50 %');
    expect(elsewhere.state.absolute.lnMax).toBe(0);
  });

  test('convicts where it applies', () => {
    expect(course(rule).ticks(4, bad, { step: 1, weight: 50 }).verdict.kind).toBe('breach');
  });
});

describe('missing data', () => {
  const absent = { kind: 'nothing', atMs: minute, reason: 'NoSeries', message: '0 series match' } as const;

  test('hold: no pass', () => {
    const seen = course(errorRate).see(absent, ended);
    expect(seen.verdict).toMatchObject({ kind: 'inconclusive', outcome: 'none', reason: 'NoData' });
    expect(seen.verdict.message).toBe('error_rate, limit 0.1%: no data (0 series match)');
  });

  test('ignore: passes, and says why; but a source that is down is not missing data', () => {
    const rule = { ...errorRate, missing: 'ignore' } as const;
    expect(course(rule).see(absent).verdict).toMatchObject({ kind: 'pass', reason: 'Ignored' });
    expect(course(rule).see({ ...absent, reason: 'SourceDown' }).verdict.kind).toBe('inconclusive');
  });

  test('zero: as if nothing had happened, which is no evidence of health', () => {
    const rule = { ...errorRate, missing: 'zero' } as const;
    expect(course(rule).see(absent, ended).verdict).toMatchObject({ kind: 'inconclusive', reason: 'TooFewEvents' });
    const passed = course(rule).ticks(8, { canary: counts(375), stable: counts(1125) }, ended);
    expect(passed.see({ ...absent, atMs: passed.nowMs + 15_000 }, ended).verdict.kind).toBe('pass');
  });

  test('not applicable by the source: listed, in nobody’s way', () => {
    const seen = course(errorRate).see({ ...absent, reason: 'NotApplicable', message: 'no volumes' });
    expect(seen.verdict).toMatchObject({ kind: 'pass', reason: 'NotApplicable' });
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, -1])('counts of %s are no counts', (events) => {
    const seen = course(errorRate).ticks(1, { canary: { events, bad: 0 }, stable: counts(10) }, ended);
    expect(seen.verdict).toMatchObject({ kind: 'inconclusive', reason: 'NoData' });
    expect(seen.state.canary.events).toBe(0);
  });

  test('a level where counts are due is no data', () => {
    const seen = course(errorRate).see({ kind: 'level', atMs: 1, canary: 0, stable: 0 });
    expect(seen.verdict).toMatchObject({ kind: 'inconclusive', reason: 'NoData' });
  });
});
