import { describe, expect, test } from 'vitest';
import type { VolumeReading } from '../../src/metrics/reading.ts';
import type { Rule } from '../../src/rules/rule.ts';
import { minute, throughput } from './a-rule.ts';
import { type Course, course } from './course.ts';

const dayMs = 24 * 60 * minute;

const rule: Rule = {
  ...throughput,
  sli: { kind: 'volume', total: { metric: 'requests_total', matchers: [] }, agoMs: dayMs },
  judge: 'point',
  compare: 'both',
  minEvents: 5_400,
  forMs: 2 * minute,
  warmUpMs: 0,
};

const reading = (atMs: number, now: number, then: number | null): VolumeReading => ({
  kind: 'volume',
  atMs,
  now,
  then,
});

type Context = Parameters<Course['see']>[1];

const every = (
  from: Course,
  count: number,
  volume: readonly [number, number | null],
  context: Context = {},
): Course => {
  let at = from;
  for (let i = 0; i < count; i++) at = at.see(reading(at.nowMs + 15_000, ...volume), context);
  return at;
};

describe('throughput against another day', () => {
  test('as much as then, or a tenth less, is inside at once', () => {
    const { verdict } = every(course(rule), 1, [9_000, 10_000]);
    expect(verdict).toMatchObject({ kind: 'pass', canary: 0.9, limit: 0.9, stable: null, errorsToConvict: null });
    expect(verdict.message).toBe(
      'throughput: 90 % of the requests of 1 day ago over 10m, at least 90 % is due: inside',
    );
  });

  test('less than that is suspect, and a breach when it lasted, in words that promise nothing', () => {
    const outside = every(course(rule), 8, [8_999, 10_000]);
    expect(outside.verdict).toMatchObject({ kind: 'suspect', reason: 'OutsideThreshold' });
    const { verdict } = every(outside, 1, [8_999, 10_000]);
    expect(verdict).toMatchObject({ kind: 'breach', alert: 'warning' });
    expect(verdict.message).toMatch(
      /90 % of the requests of 1 day ago over 10m, .*: outside at 00:02:15Z: outside since 00:00:15Z; compared literally, outside the promise about false alarms$/,
    );
  });

  test('is over when the traffic is back', () => {
    const warned = every(course(rule), 12, [100, 10_000]);
    expect(every(warned, 1, [9_500, 10_000]).verdict.kind).toBe('pass');
  });

  test.each([
    ['at 100 %', { step: 2, weight: 100, split: false }],
    ['in the watch', { step: null, weight: 0, split: false }],
  ])('applies %s, too', (_, context) => {
    expect(every(course(rule), 9, [1, 10_000], context).verdict.kind).toBe('breach');
  });

  test('without a past it says so, and holds nothing', () => {
    const { verdict } = every(course(rule), 99, [0, null]);
    expect(verdict).toMatchObject({ kind: 'inconclusive', outcome: 'none', reason: 'NoData', canary: null });
    expect(verdict.message).toContain(
      'nothing was counted at this time 1 day ago: compared as soon as there is such a past',
    );
  });

  test('too few requests then do not tell', () => {
    const { verdict } = every(course(rule), 99, [0, 5_399]);
    expect(verdict).toMatchObject({ kind: 'inconclusive', outcome: 'none' });
    expect(verdict.message).toContain('5,399 requests at this time 1 day ago, and 5,400 are needed to compare with');
    expect(every(course(rule), 99, [0, 5_400]).verdict.kind).toBe('breach');
  });

  test('before the canary has traffic, nothing is its doing', () => {
    const before = { step: null, weight: 0, split: false, raisedAtMs: null };
    const early = every(course(rule), 99, [0, 10_000], before);
    expect(early.verdict.kind).toBe('inconclusive');
    expect(every(early, 1, [0, 10_000]).verdict.kind).toBe('suspect');
  });

  test('counts where totals were due say nothing', () => {
    const { verdict } = course(rule).ticks(1, { canary: { events: 1, bad: 0 } });
    expect(verdict).toMatchObject({ kind: 'inconclusive', reason: 'NoData' });
    expect(verdict.message).toContain('counts where totals were expected');
  });
});
