/** What is made of a reading that is odd: no numbers, the wrong kind, silence, or from before anything may count. */
import { describe, expect, test } from 'vitest';
import type { CountsReading, Nothing, NothingReason, Reading } from '../../src/metrics/reading.ts';
import type { Rule } from '../../src/rules/rule.ts';
import { isLiteral } from '../../src/verdict/literal.ts';
import { measureOf } from '../../src/verdict/measured-as.ts';
import { counts, cpu, errorRate, minute, p95, readingOf, throughput } from './a-rule.ts';
import { course } from './course.ts';

const odd = counts(Number.NaN);
const fine = { canary: counts(375), stable: counts(1125, 1) };
const silence = (reason: NothingReason): Nothing => ({ kind: 'nothing', atMs: 15_000, reason, message: 'said so' });
const past: Rule = {
  ...throughput,
  judge: 'point',
  sli: { kind: 'volume', total: { metric: 'requests_total', matchers: [] }, agoMs: 24 * 60 * minute },
};
const expression: Rule = { ...cpu, sli: { kind: 'expression', promql: 'up', aggregate: 'max' } };
const volume: Reading = { kind: 'volume', atMs: 15_000, now: 1_000, then: 1_000 };
const level: Reading = { kind: 'level', atMs: 15_000, canary: 0.5, stable: 0.5 };
const alert: Reading = { kind: 'alert', atMs: 15_000, canary: null, stable: null, neither: null };

describe('counts that are no numbers', () => {
  const usual = readingOf(15_000, fine);
  const { fresh, aligned } = usual;
  test.each<[string, CountsReading]>([
    ['of the canary', { ...usual, fresh: { ...fresh, canary: odd } }],
    ['of stable', { ...usual, fresh: { ...fresh, stable: odd } }],
    ['of the canary, aligned', { ...usual, aligned: { ...aligned, canary: odd } }],
    ['of stable, aligned', { ...usual, aligned: { ...aligned, stable: odd } }],
  ])('%s', (_what, reading) => {
    const before = course(errorRate).ticks(0, fine);
    const at = before.see(reading);
    expect(at.verdict).toMatchObject({ kind: 'inconclusive', reason: 'NoData', events: 0 });
    expect(at.verdict.message).toBe('error_rate, limit 0.1%: no data (counts that are no numbers)');
    expect(at.state.lastAtMs).toBeNull();
  });
});

describe('the wrong kind', () => {
  test.each<[string, Rule, Reading, string]>([
    ['a level', errorRate, level, 'level where counts were expected'],
    ['a volume', errorRate, volume, 'volume where counts were expected'],
    ['an alert', throughput, alert, 'alert where counts were expected'],
    ['an alert for a level', cpu, alert, 'alert where a level was expected'],
    ['counts for a level', cpu, readingOf(15_000, fine), 'counts where a level was expected'],
    ['a volume for a level', cpu, volume, 'volume where a level was expected'],
    ['counts for an expression', expression, readingOf(15_000, fine), 'counts where a level was expected'],
    ['counts for another day', past, readingOf(15_000, fine), 'counts where totals were expected'],
    ['a level for another day', past, level, 'level where totals were expected'],
  ])('%s', (_what, rule, reading, because) => {
    const { verdict } = course(rule).see(reading);
    expect(verdict).toMatchObject({ kind: 'inconclusive', reason: 'NoData' });
    expect(verdict.message.endsWith(`: no data (${because})`)).toBe(true);
  });
});

describe('silence', () => {
  const judged = (rule: Rule, reason: NothingReason) => course(rule).see(silence(reason)).verdict;

  test.each<NothingReason>(['NoSeries', 'NoTraffic'])('%s means what the rule says', (reason) => {
    expect(judged(errorRate, reason)).toMatchObject({ kind: 'inconclusive', reason: 'NoData' });
    expect(judged({ ...errorRate, missing: 'ignore' }, reason)).toMatchObject({ kind: 'pass', reason: 'Ignored' });
    expect(judged({ ...cpu, missing: 'zero' }, reason)).toMatchObject({ kind: 'pass', canary: 0, stable: null });
    const zero = course({ ...errorRate, missing: 'zero' })
      .ticks(8, fine)
      .see({ ...silence(reason), atMs: 135_000 });
    expect(zero.verdict).toMatchObject({ reason: 'BakeNotEnded', events: 3_000 });
    expect(zero.state.lastAtMs).toBe(135_000);
  });

  test.each<NothingReason>(['SourceDown', 'Stale', 'FirstSample'])('%s is never taken for zero', (reason) => {
    for (const missing of ['ignore', 'zero'] as const)
      expect(judged({ ...errorRate, missing }, reason)).toMatchObject({ kind: 'inconclusive', reason: 'NoData' });
  });

  test('what does not apply here passes, and says why', () => {
    const verdict = judged(errorRate, 'NotApplicable');
    expect(verdict).toMatchObject({ kind: 'pass', reason: 'NotApplicable' });
    expect(verdict.message.endsWith('(said so)')).toBe(true);
  });
});

describe('counts that do not count yet', () => {
  const bad = { canary: counts(375, 100), stable: counts(1125, 1) };

  test('the canary has no traffic', () => {
    const { state, verdict } = course(errorRate).ticks(1, bad, { raisedAtMs: null });
    expect(verdict.message.endsWith('(the canary has no traffic yet)')).toBe(true);
    expect(state).toMatchObject({ lastAtMs: 15_000, canary: counts(0) });
  });

  test('a step warms up; in the watch nothing does', () => {
    const rule = { ...errorRate, warmUpMs: minute };
    const after = (context: Parameters<ReturnType<typeof course>['ticks']>[2]) => course(rule).ticks(1, bad, context);
    expect(after({}).verdict).toMatchObject({ reason: 'WarmingUp', events: 0 });
    expect(after({ step: null, weight: 0, split: false }).verdict.events).toBe(375);
    const warm = course(rule).ticks(4, bad);
    expect(warm.verdict.reason).toBe('WarmingUp');
    expect(warm.ticks(1, bad).verdict.stepEvents).toBe(375);
  });

  test('a rule for other steps still watches stable', () => {
    const at = course({ ...errorRate, steps: [50] }).ticks(2, fine);
    expect(at.verdict).toMatchObject({ kind: 'pass', reason: 'NotApplicable', canary: null, stable: null });
    expect(at.state).toMatchObject({ lastAtMs: 30_000, canary: counts(0) });
    expect(at.state.window.slots).toEqual([15_000, 0, 0, 1125, 1, 30_000, 0, 0, 1125, 1]);
    expect(course({ ...errorRate, steps: [50] }).see(silence('NoSeries')).state.lastAtMs).toBeNull();
  });
});

describe('what a rule measures', () => {
  test.each<[string, Rule, ReturnType<typeof measureOf>]>([
    ['errors', errorRate, { kind: 'fraction', p0: 0.001, noun: 'errors' }],
    [
      'slow requests',
      { ...p95, sli: { ...p95.sli, quantile: 0.75 } as Rule['sli'] },
      { kind: 'fraction', p0: 0.25, noun: 'requests slower than 500ms' },
    ],
    ['a share', throughput, { kind: 'share', drop: 0.1 }],
    ['another day', past, { kind: 'past', drop: 0.1, agoMs: 24 * 60 * minute }],
    ['a level', cpu, { kind: 'level' }],
    ['an expression', expression, { kind: 'level' }],
    [
      'errors by a limit that is none',
      { ...errorRate, threshold: { kind: 'seconds-above', seconds: 2 } },
      { kind: 'fraction', p0: 0, noun: 'errors' },
    ],
    [
      'a drop of errors',
      { ...errorRate, threshold: { kind: 'drop-from-baseline', ratio: 0.1 } },
      { kind: 'share', drop: 0.1 },
    ],
  ])('%s', (_what, rule, measure) => expect(measureOf(rule)).toEqual(measure));

  test.each<[string, Rule, boolean]>([
    ['counts by evidence', errorRate, false],
    ['counts by the number', { ...errorRate, judge: 'point' }, true],
    ['a level', cpu, false],
    ['an expression', expression, false],
  ])('literally: %s', (_what, rule, literal) => expect(isLiteral(rule)).toBe(literal));
});

test('gross failure is for failed requests whose limit is far from half of them', () => {
  const dead = readingOf(5_000, { canary: counts(20, 20), stable: counts(60) });
  const quick = { ...dead, aligned: { ...dead.aligned, fromMs: 4_000 } };
  const at = (ratio: number, change: Partial<Rule> = {}) =>
    course({ ...errorRate, threshold: { kind: 'ratio-above', ratio }, ...change }, { phi: 20 }).see(quick).verdict
      .reason;
  expect(at(0.05)).toBe('GrossFailure');
  expect(at(0.051)).not.toBe('GrossFailure');
  expect(at(0.05, { sli: p95.sli, threshold: p95.threshold })).not.toBe('GrossFailure');
});

test('a point rule without a canary request has no data', () => {
  const at = course({ ...errorRate, judge: 'point' }).ticks(1, { canary: counts(0), stable: counts(1125) });
  expect(at.verdict).toMatchObject({ kind: 'inconclusive', reason: 'NoData', stable: 0 });
});
