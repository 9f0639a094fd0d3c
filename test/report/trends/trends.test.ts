/** What counts as a deployment, a failure and a restoration, and in which period. */
import { describe, expect, it } from 'vitest';
import { noLooks } from '../../../src/release/journal.ts';
import type { LogEntry } from '../../../src/release/log.ts';
import type { Release } from '../../../src/release/release.ts';
import { betweenCell } from '../../../src/report/between-text.ts';
import { type PastRelease, pastRelease } from '../../../src/report/history-view.ts';
import { beginOf, nextOf, periodFor } from '../../../src/report/trends/period.ts';
import { trendCells, trendHeads, trendSentence } from '../../../src/report/trends/trend-words.ts';
import { trendsOf } from '../../../src/report/trends/trends.ts';
import { rolledBackRelease, samplePolicy, sampleRelease } from '../../support/sample-release.ts';
import { resultOfCi } from '../../support/told-release.ts';

const dayMs = 86_400_000;
/** A Thursday. */
const nowMs = Date.UTC(2026, 0, 15, 12);

const past = (change: Partial<PastRelease>): PastRelease => ({
  ...pastRelease({ release: sampleRelease(), log: [], journal: noLooks, policy: samplePolicy }, nowMs),
  ...{ result: 'succeeded', startedAtMs: nowMs, endedAtMs: nowMs, durationMs: 60_000, calledFalseAlarm: false },
  ...change,
});

const timed = {
  ...{ rule: 'response_time_p95', quantile: 0.95, targetSeconds: 0.5, stable: null, requests: 900 },
  slow: { canary: 0.01, stable: null },
};

const trends = (releases: readonly PastRelease[]) => trendsOf({ policy: 'app', releases, nowMs, period: 'week' });

describe('trends over releases', () => {
  it('counts what was promoted or taken back, and nothing else', () => {
    const { whole } = trends([
      past({}),
      past({ result: 'rolledBack', toRecoveryMs: 4_000 }),
      past({ result: 'rolledBack', toRecoveryMs: 9_000_000, calledFalseAlarm: true }),
      past({ result: 'failed' }),
      past({ result: 'running', endedAtMs: null }),
    ]);
    expect(whole).toMatchObject({ deployments: 3, failures: 1, falseAlarms: 1, restoreMs: 4_000 });
    expect(whole.changeFailureRatio).toBeCloseTo(1 / 3);
  });

  it('takes medians, of what is known', () => {
    const { whole } = trends([
      past({ durationMs: 1, leadMs: 7 }),
      past({ durationMs: 3, leadMs: null }),
      past({ durationMs: 2_000, leadMs: 9 }),
      past({ durationMs: 9_999, endedAtMs: null, leadMs: null }),
    ]);
    expect(whole).toMatchObject({ durationMs: 3, leadMs: 7 });
    expect(trends([past({ result: 'rolledBack', toRecoveryMs: null })]).whole.restoreMs).toBeNull();
  });

  it('has a row for each period, also for one without a release, the newest first', () => {
    const { periods } = trends([past({}), past({ startedAtMs: nowMs - 15 * dayMs })]);
    expect(
      periods.map(({ deployments, fromMs }) => [new Date(fromMs).toISOString().slice(0, 10), deployments]),
    ).toEqual([
      ['2026-01-12', 1],
      ['2026-01-05', 0],
      ['2025-12-29', 1],
    ]);
    const old = trends([past({}), past({ startedAtMs: nowMs - 1_000 * dayMs })]);
    expect(old.periods).toHaveLength(12);
    expect(old.whole.deployments).toBe(2);
  });

  it('counts each release in one period only', () => {
    const mondayMs = Date.UTC(2026, 0, 12);
    const { periods } = trends([past({ startedAtMs: mondayMs }), past({ startedAtMs: mondayMs - 1 })]);
    expect(periods.map(({ deployments }) => deployments)).toEqual([1, 1]);
  });

  it('says how often only after a week', () => {
    expect(trends([past({ startedAtMs: nowMs - dayMs })]).whole.perWeek).toBeNull();
    expect(trends([past({ startedAtMs: nowMs - 14 * dayMs }), past({})]).whole.perWeek).toBe(1);
  });

  it('has nothing to say of no release', () => {
    const none = trends([]);
    expect(none).toMatchObject({ periods: [], whole: { deployments: 0, changeFailureRatio: null, restoreMs: null } });
    expect(trendSentence(none)).toBe('nothing was deployed yet');
  });

  it('has the time between whose bounds half of the successes lie, of the quantile that the newest one has', () => {
    const lay = (aboveSeconds: number | null, atMostSeconds: number | null, quantile = 0.95) =>
      past({ responseTime: { ...timed, quantile, canary: { aboveSeconds, atMostSeconds } } });
    const told = trends([
      lay(0.1, 0.25),
      lay(2.5, null),
      past({ responseTime: null }),
      lay(5, 10, 0.99),
      lay(null, 0.1),
      past({ result: 'rolledBack', responseTime: { ...timed, canary: { aboveSeconds: 5, atMostSeconds: 10 } } }),
    ]);
    expect(told.quantile).toBe(0.95);
    expect(told.whole.responseTime).toEqual({ aboveSeconds: 0.1, atMostSeconds: 0.25 });
    expect(trends([lay(null, 0.1)]).whole.responseTime).toEqual({ aboveSeconds: null, atMostSeconds: 0.1 });
    expect(trends([past({ responseTime: null })])).toMatchObject({ quantile: null, whole: { responseTime: null } });
    expect(trendHeads(told)).toContain('p95');
    expect(trendCells(told, told.whole)).toContain('100-250 ms');
  });

  it('is said in a sentence and in cells', () => {
    const told = trends([
      past({ startedAtMs: nowMs - 14 * dayMs, leadMs: 2 * dayMs }),
      past({ result: 'rolledBack', toRecoveryMs: 4_200 }),
    ]);
    expect(trendSentence(told)).toBe(
      '2 deployed since 2026-01-01, 1 a week; 1 (50 %) failed, restored in 4.2 s; 48h from commit to promotion',
    );
    const [newest] = told.periods;
    if (newest === undefined) throw new Error('no period');
    const cells = trendCells(told, newest);
    expect(cells.slice(0, 4)).toEqual(['2026-01-12', '1', '1 (100 %)', '4.2 s']);
    expect(trendHeads(told)).toHaveLength(cells.length);
  });
});

describe('what a release gives to trends', () => {
  const promotedAtMs = nowMs + 3_600_000;
  const promoted: LogEntry = { atMs: promotedAtMs, kind: 'event', reason: 'Promoted', message: '', data: {} };
  const succeeded: Partial<Release> = { startedAtMs: nowMs, phase: { phase: 'succeeded', endedAtMs: promotedAtMs } };
  const leadOf = (values: Readonly<Record<string, number>>, log = [promoted]) => {
    const policy = { ...samplePolicy, attested: [resultOfCi({ name: 'commit', values })] };
    return pastRelease({ release: sampleRelease(succeeded), log, journal: noLooks, policy }, promotedAtMs).leadMs;
  };

  it('the lead time is from the commit, as git tells it, to the promotion', () => {
    expect(leadOf({ committed_at: nowMs / 1_000 - 600 })).toBe(3_600_000 + 600_000);
  });

  it('without a result, a promotion, or sense, there is none', () => {
    expect(leadOf({ coverage: 83 })).toBeNull();
    expect(leadOf({ committed_at: nowMs / 1_000 }, [])).toBeNull();
    expect(leadOf({ committed_at: promotedAtMs / 1_000 + 1 })).toBeNull();
  });

  it('restored is from the first sign of the breach to weight 0', () => {
    const release = rolledBackRelease();
    if (release.phase.phase !== 'rolledBack') throw new Error('not rolled back');
    const { cause, zeroAtMs } = release.phase;
    const sign = { atMs: cause.atMs - 30_000, kind: 'event', reason: 'X', message: '' } as const;
    const log = [{ ...sign, data: { rule: cause.rule, verdict: 'suspect' } }];
    const { toRecoveryMs, toZeroMs } = pastRelease({ release, log, journal: noLooks, policy: samplePolicy }, nowMs);
    expect(toZeroMs).toBe(zeroAtMs - cause.atMs);
    expect(toRecoveryMs).toBe(zeroAtMs - cause.atMs + 30_000);
  });

  it('nothing was restored where nothing was breached: a person took it back', () => {
    const release = rolledBackRelease();
    if (release.phase.phase !== 'rolledBack') throw new Error('not rolled back');
    const phase = { ...release.phase, cause: { ...release.phase.cause, rule: null } };
    const { toRecoveryMs, toZeroMs } = pastRelease(
      { release: { ...release, phase }, log: [], journal: noLooks, policy: samplePolicy },
      nowMs,
    );
    expect([toRecoveryMs, toZeroMs]).toEqual([null, phase.zeroAtMs - phase.cause.atMs]);
  });
});

describe('where a quantile lies, in a cell', () => {
  it.each([
    [0.1, 0.25, '100-250 ms'],
    [0.5, 1, '500 ms-1 s'],
    [1, 2.5, '1-2.5 s'],
    [null, 0.005, '<= 5 ms'],
    [10, null, '> 10 s'],
    [null, null, '-'],
  ])('above %s s, at most %s s', (aboveSeconds, atMostSeconds, cell) => {
    expect(betweenCell({ aboveSeconds, atMostSeconds })).toBe(cell);
  });
});

describe('periods', () => {
  it('begin at midnight, on Monday, on the first, by UTC', () => {
    const begins = (['day', 'week', 'month'] as const).map((each) => new Date(beginOf(each, nowMs)).toISOString());
    expect(begins.map((each) => each.slice(0, 16))).toEqual([
      '2026-01-15T00:00',
      '2026-01-12T00:00',
      '2026-01-01T00:00',
    ]);
    expect(nextOf('month', Date.UTC(2025, 11))).toBe(Date.UTC(2026, 0));
    expect(beginOf('week', nextOf('week', beginOf('week', nowMs)) - 1)).toBe(beginOf('week', nowMs));
  });

  it('are as long as the time asks for', () => {
    expect([3, 60, 400].map((days) => periodFor(days * dayMs))).toEqual(['day', 'week', 'month']);
  });
});
