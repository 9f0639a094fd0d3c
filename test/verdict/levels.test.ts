/** When a level is outside, when stable excuses it, and what of it stays. */
import { describe, expect, test } from 'vitest';
import type { LevelReading } from '../../src/metrics/reading.ts';
import type { Threshold } from '../../src/rules/rule.ts';
import { isLevelOutside, stableSuffersToo } from '../../src/verdict/level.ts';
import { counts, cpu, errorRate, minute } from './a-rule.ts';
import { course } from './course.ts';

const level = (canary: number, stable: number | null, atMs = 0): LevelReading => ({
  kind: 'level',
  atMs,
  canary,
  stable,
});
const share: Threshold = { kind: 'ratio-above', ratio: 0.5 };
const time: Threshold = { kind: 'seconds-above', seconds: 2 };
const drop: Threshold = { kind: 'drop-from-baseline', ratio: 0.25 };

describe('a level is outside', () => {
  test.each([
    ['a share at its limit', share, 0.5, 0.1, false],
    ['a share above it', share, 0.51, 0.1, true],
    ['a time at its limit', time, 2, null, false],
    ['a time above it, below 1 by its share', time, 2.1, null, true],
    ['a time below it', time, 1, null, false],
    ['a drop that is allowed to the last', drop, 3, 4, false],
    ['a drop beyond it', drop, 2.9, 4, true],
    ['a drop from nothing known', drop, -1, null, false],
  ])('%s', (_what, threshold, canary, stable, outside) => {
    expect(isLevelOutside(threshold, level(canary, stable))).toBe(outside);
  });

  test.each([
    ['it is inside', share, 0.6, 0.4, false],
    ['it is at the limit', share, 0.55, 0.5, false],
    ['it is outside, the canary hardly worse', share, 0.75, 0.7, true],
    ['the canary is more than 10 points above it', share, 0.85, 0.7, false],
    ['of a time, a tenth of the limit counts', time, 2.625, 2.5, true],
    ['of a time, more than that is the canary', time, 2.75, 2.5, false],
    ['there is none', share, 0.9, null, false],
    ['a drop is measured against it already', drop, 2, 4, false],
    ['a drop has no limit of its own to be outside of', { ...drop, ratio: 1 }, 2, 4, false],
  ])('stable excuses it: %s', (_what, threshold, canary, stable, excused) => {
    expect(stableSuffersToo(threshold, level(canary, stable))).toBe(excused);
  });

  test('10 points above a stable outside is the most that is excused', () => {
    expect(stableSuffersToo({ kind: 'ratio-above', ratio: 0.25 }, level(0.6, 0.5))).toBe(true);
  });
});

describe('a reading of a level', () => {
  test.each([
    [level(Number.NaN, 0.4, minute), 'a level that is no number'],
    [level(0.4, Number.NaN, minute), 'a level that is no number'],
  ])('that is no number says so: %#', (reading, why) => {
    const { verdict } = course(cpu).see(reading);
    expect(verdict).toMatchObject({ kind: 'inconclusive', reason: 'NoData' });
    expect(verdict.message).toContain(`(${why})`);
  });

  test('before the canary has traffic is nobody to judge', () => {
    const { verdict } = course(cpu).see(level(0.9, 0.4, minute), { raisedAtMs: null });
    expect(verdict).toMatchObject({ kind: 'inconclusive', reason: 'TooFewEvents', canary: 0.9 });
    expect(verdict.message).toContain('(the canary has no traffic yet)');
  });

  test('of a drop without a stable does not apply', () => {
    const { verdict } = course({ ...cpu, threshold: drop }).see(level(0.1, null, minute));
    expect(verdict).toMatchObject({ kind: 'pass', reason: 'NotApplicable' });
    expect(verdict.message).toContain('(stable has no level to compare with)');
  });

  test('in the warm-up of a step is shown, not judged; in the watch there is no warm-up', () => {
    const rule = { ...cpu, warmUpMs: minute, forMs: 0 };
    const since = 10 * minute;
    const during = (atMs: number) => course(rule).see(level(0.9, 0.4, atMs), { weightSinceMs: since });
    expect(during(since + minute - 1).verdict).toMatchObject({ reason: 'WarmingUp', canary: 0.9, stable: 0.4 });
    expect(during(since + minute).verdict.kind).toBe('breach');
    const watched = course(rule).see(level(0.9, 0.4, since + 1), { weightSinceMs: since, step: null });
    expect(watched.verdict.kind).toBe('breach');
  });
});

describe('a breach that a person answers', () => {
  const bad = { canary: counts(375, 20), stable: counts(1125) };
  const fine = { canary: counts(375), stable: counts(1125) };

  test('of a level is over when it is over; a critical one stays', () => {
    const rule = { ...cpu, forMs: 0 };
    const after = (alert: 'warning' | 'critical') =>
      course({ ...rule, alert })
        .see(level(0.9, 0.4, minute))
        .see(level(0.4, 0.4, 2 * minute)).verdict.kind;
    expect(after('warning')).toBe('pass');
    expect(after('critical')).toBe('breach');
  });

  test('of counts stays by evidence, and is over when a point rule is inside again', () => {
    const warning = { ...errorRate, alert: 'warning' as const };
    const convicted = course(warning).ticks(3, bad);
    expect(convicted.verdict.kind).toBe('breach');
    expect(convicted.ticks(40, fine).verdict.kind).toBe('breach');
    const point = course({ ...warning, judge: 'point' }).ticks(3, bad);
    expect(point.verdict.kind).toBe('breach');
    expect(point.ticks(40, fine).verdict.kind).not.toBe('breach');
  });
});
