/** Which increments go where: into the step or not, into which tests, and what waits for the other arm. */
import { describe, expect, test } from 'vitest';
import type { CountsReading } from '../../src/metrics/reading.ts';
import type { Rule } from '../../src/rules/rule.ts';
import { noEvidence } from '../../src/verdict/mixture.ts';
import { nothingSeen } from '../../src/verdict/seen-dispersion.ts';
import { type Arms, counts, errorRate, minute, p95, readingOf, throughput } from './a-rule.ts';
import { course } from './course.ts';

const fine: Arms = { canary: counts(375, 1), stable: counts(1125, 1) };
const stableRule: Rule = { ...errorRate, compare: 'stable' };
const share: Rule = { ...throughput, warmUpMs: 0 };

const reading = (fromMs: number, toMs: number, arms: Arms): CountsReading => {
  const { aligned, ...rest } = readingOf(toMs, arms);
  return { ...rest, aligned: { ...aligned, fromMs } };
};

describe('each test has what it needs', () => {
  test.each<[string, Rule, boolean, boolean, boolean]>([
    ['both', errorRate, true, true, true],
    ['the limit alone', { ...errorRate, compare: 'absolute' }, true, false, false],
    ['stable alone', stableRule, false, true, false],
    ['a share', share, false, true, false],
  ])('%s', (_what, rule, absolute, relative, relative3) => {
    const { state } = course(rule).ticks(1, fine);
    expect(state.absolute === noEvidence).toBe(!absolute);
    expect(state.relative === noEvidence).toBe(!relative);
    expect(state.relative3 === noEvidence).toBe(!relative3);
    expect(state.step.counts.canary).toEqual(counts(375, 1));
    expect(state.step.counts.stable).toEqual(absolute ? counts(0) : counts(1125, 1));
    expect(state.step.health).not.toBe(noEvidence);
    expect(state.canary).toEqual(counts(375, 1));
  });

  test('only a limit of its own makes stable inside or outside', () => {
    expect(course(errorRate).ticks(1, fine).state.stable.insideSinceMs).toBe(15_000);
    for (const rule of [stableRule, share]) expect(course(rule).ticks(1, fine).state.stable.insideSinceMs).toBeNull();
  });
});

describe('what is older than the step', () => {
  const at = (fromMs: number, weightSinceMs: number, rule: Rule = errorRate) =>
    course(rule).see(reading(fromMs, fromMs + 15_000, fine), { weightSinceMs }).state;

  test('counts for the release alone', () => {
    expect(at(30_000, 30_000).step.counts.canary.events).toBe(375);
    const old = at(30_000, 30_001);
    expect(old.step.counts.canary.events).toBe(0);
    expect(old.canary.events).toBe(375);
    expect(old.absolute).not.toBe(noEvidence);
    expect(at(30_000, 30_001, stableRule).step.counts.canary.events).toBe(0);
    expect(at(30_000, 30_001, stableRule).relative).not.toBe(noEvidence);
  });

  test('says nothing of a share, whose weight was another', () => {
    expect(at(30_000, 30_000, share).relative).not.toBe(noEvidence);
    expect(at(30_000, 30_001, share).relative).toBe(noEvidence);
    const seen = course(share).ticks(2, fine);
    const overlapping = seen.see(reading(15_000, 45_000, fine), { weightSinceMs: 20_000 });
    expect(overlapping.state.relative).toBe(seen.state.relative);
  });

  test('a reading that begins before the step, though the one before it ended in it', () => {
    const context = { weightSinceMs: 30_000 };
    const seen = course(share).ticks(2, fine, context);
    const overlapping = seen.see(reading(29_999, 45_000, fine), context);
    expect(overlapping.state.relative).toBe(seen.state.relative);
    expect(seen.see(reading(30_000, 45_000, fine), context).state.relative).not.toBe(seen.state.relative);
  });
});

describe('one arm without requests', () => {
  const alone: Arms = { canary: counts(0), stable: counts(1125, 2) };

  test('waits for the other; both count from the first of them on', () => {
    const waiting = course(errorRate).ticks(9, alone);
    expect(waiting.state.relative).toBe(noEvidence);
    expect(waiting.state.pending).toMatchObject({ canary: counts(0), stable: counts(9 * 1125, 18), sinceMs: 0 });
    const both = waiting.ticks(1, fine).state;
    expect(both.pending).toMatchObject({ canary: counts(0), stable: counts(0), sinceMs: null });
    const other = course(errorRate).ticks(1, { canary: counts(375, 1), stable: counts(0) });
    expect(other.state.pending).toMatchObject({ canary: counts(375, 1), stable: counts(0), sinceMs: 0 });
  });

  test('of a share is waited for a minute, and then it is the evidence', () => {
    const silent = course(share).ticks(3, alone);
    expect(silent.state.relative).toBe(noEvidence);
    expect(silent.state.pending).toMatchObject({ stable: counts(3 * 1125, 6), sinceMs: 0 });
    const judged = silent.ticks(1, alone);
    expect(judged.state.pending).toMatchObject({ stable: counts(0), sinceMs: null });
    expect(judged.state.step.counts.stable.events).toBe(4 * 1125);
    expect(judged.state.relative.lnNow).toBeGreaterThan(5);
  });

  test('a pause between two ticks spends the prior of an onset in it', () => {
    const then = (gapMs: number) => {
      const first = course(errorRate).ticks(1, fine);
      return first.see(reading(15_000, 15_000 + gapMs, fine)).state;
    };
    const rest = (gapMs: number): number => 0.5 * Math.exp(-gapMs / (30 * minute));
    for (const gapMs of [15_000, 5 * minute]) {
      expect(then(gapMs).absolute.rest).toBeCloseTo(rest(gapMs), 12);
      expect(then(gapMs).relative.rest).toBeCloseTo(rest(gapMs), 12);
    }
  });
});

describe('beside the tests', () => {
  test('over a conviction what users meet is counted on', () => {
    const convicted = course(errorRate).ticks(3, { canary: counts(375, 100), stable: counts(1125) });
    expect(convicted.verdict.kind).toBe('breach');
    const { events } = convicted.state.canary;
    const on = convicted.ticks(2, fine);
    expect(on.state.canary.events).toBe(events + 750);
    expect(on.state.lastAtMs).toBe(convicted.nowMs + 30_000);
    const odd = convicted.ticks(1, { canary: counts(Number.NaN), stable: counts(1) });
    expect(odd.state).toBe(convicted.state);
    expect(convicted.see({ kind: 'level', atMs: convicted.nowMs + 1, canary: 1, stable: 1 }).state).toBe(
      convicted.state,
    );
  });

  test('the dispersion is looked for where it is assumed, and stable lives', () => {
    const seen = (from: 'assumed' | 'stated', stable: Arms['stable']) =>
      course(errorRate, { from }).ticks(2, { canary: counts(375), stable: stable ?? null }).state.seen;
    expect(seen('assumed', counts(1125, 2))).toMatchObject({ bad: 4 });
    expect(seen('stated', counts(1125, 2))).toBe(nothingSeen);
    expect(seen('assumed', null)).toBe(nothingSeen);
  });

  test('a stable that does not live counts nothing', () => {
    const { state } = course({ ...errorRate, steps: [50] }).ticks(1, { canary: counts(375), stable: null });
    expect(state.window.slots).toEqual([15_000, 0, 0, 0, 0]);
    expect(course(errorRate).ticks(1, { canary: counts(375), stable: null }).state.window.slots).toEqual([
      15_000, 375, 0, 0, 0,
    ]);
  });

  test('a warning about counts by the number is over when it is over, by evidence it stays', () => {
    const bad = { canary: counts(375, 100), stable: counts(1125) };
    const kept = (change: Partial<Rule>) => course({ ...errorRate, ...change }).ticks(3, bad).state.convicted !== null;
    expect(kept({ alert: 'warning' })).toBe(true);
    expect(kept({ alert: 'warning', judge: 'point' })).toBe(false);
    expect(kept({ alert: 'critical', judge: 'point' })).toBe(true);
  });

  test('half of all requests slow is no gross failure', () => {
    const slow = { canary: counts(375, 375), stable: counts(1125) };
    const rule: Rule = { ...p95, warmUpMs: 0 };
    expect(course(rule, { phi: 1_000 }).see(reading(13_000, 15_000, slow)).verdict.reason).not.toBe('GrossFailure');
  });
});
