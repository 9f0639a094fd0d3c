/**
 * How a policy's releases change from period to period: the measures of DORA (https://dora.dev/guides/dora-metrics-four-keys/), and
 * how long releases take and what their rules show.
 *
 * A deployment is a release that was promoted, or taken back from users. One that ended without either (never ready, withdrawn,
 * superseded) and one under way count for nothing. A release belongs to the period in which it began.
 */
import type { Between } from '../between-text.ts';
import type { PastRelease } from '../history-view.ts';
import { median } from './median.ts';
import { beginOf, nextOf, type Period, periodFor, weekMs } from './period.ts';

/** Times are epoch ms, durations ms; null: nothing to take it from. */
export interface Trend {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly deployments: number;
  /** Taken back, by a rule, a limit or a person, before the promotion or in the watch after it; without false alarms. */
  readonly failures: number;
  /** Taken back, and called a false alarm by a person afterwards: the change had not failed. */
  readonly falseAlarms: number;
  /** Failures by deployments. */
  readonly changeFailureRatio: number | null;
  /** Median of the failures: from the first sign of the breach (else the decision) to weight 0 read back. */
  readonly restoreMs: number | null;
  /** Median of the successes: from the commit, where a result of the revision says `committed_at`, to the promotion. */
  readonly leadMs: number | null;
  /** Median of the successes that have ended, watch included. */
  readonly durationMs: number | null;
  /** Median of the successes: failed requests of the canary by the first rule that counts them. */
  readonly errorRatio: number | null;
  /** Median of the successes: requests of the canary slower than the first latency rule's time; a p95 is within it up to 5 %. */
  readonly slowRatio: number | null;
  /** Median of the successes: where the canary's quantile lies, as far as the bounds of the histogram tell. */
  readonly responseTime: Between | null;
}

export interface Trends {
  readonly policy: string;
  readonly period: Period;
  /** That `responseTime` tells of, 0.95 of a p95: the newest success's; null: no rule judged it. */
  readonly quantile: number | null;
  /** All releases that are kept. */
  readonly whole: Trend & {
    /** Deployments; null: not a week has gone by since the first of them. */
    readonly perWeek: number | null;
  };
  /** Newest first, without gaps, at most 12. */
  readonly periods: readonly Trend[];
}

export interface TrendInput {
  readonly policy: string;
  readonly releases: readonly PastRelease[];
  readonly nowMs: number;
  /** Left out: as long as the time that they span asks for. */
  readonly period?: Period;
}

const mostPeriods = 12;

export function trendsOf({ nowMs, policy, releases, ...asked }: TrendInput): Trends {
  const firstMs = Math.min(nowMs, ...releases.map(({ startedAtMs }) => startedAtMs));
  const period = asked.period ?? periodFor(nowMs - firstMs);
  const quantile = releases.find(isTimed)?.responseTime?.quantile ?? null;
  const whole = { fromMs: firstMs, untilMs: nowMs, ...trendOf(releases, quantile) };
  const spanMs = nowMs - firstMs;
  const perWeek = spanMs < weekMs ? null : (whole.deployments * weekMs) / spanMs;
  const spans = releases.length === 0 ? [] : spansOf(period, firstMs, nowMs);
  const within = ({ fromMs, untilMs }: Span): readonly PastRelease[] =>
    releases.filter(({ startedAtMs }) => startedAtMs >= fromMs && startedAtMs < untilMs);
  const rows = spans.map((span) => ({ ...span, ...trendOf(within(span), quantile) }));
  return { policy, period, quantile, whole: { ...whole, perWeek }, periods: rows };
}

type Span = Pick<Trend, 'fromMs' | 'untilMs'>;

/** The newest first. */
function spansOf(period: Period, firstMs: number, nowMs: number): readonly Span[] {
  const spans: Span[] = [];
  for (let fromMs = beginOf(period, nowMs); spans.length < mostPeriods; fromMs = beginOf(period, fromMs - 1)) {
    const untilMs = nextOf(period, fromMs);
    if (untilMs <= firstMs) break;
    spans.push({ fromMs, untilMs });
  }
  return spans;
}

const isTimed = ({ responseTime, result }: PastRelease): boolean =>
  result === 'succeeded' && (responseTime?.canary ?? null) !== null;

function trendOf(releases: readonly PastRelease[], quantile: number | null): Omit<Trend, keyof Span> {
  const good = releases.filter(({ result }) => result === 'succeeded');
  const back = releases.filter(({ result }) => result === 'rolledBack');
  const failures = back.filter(({ calledFalseAlarm }) => !calledFalseAlarm);
  const deployments = good.length + back.length;
  return {
    deployments,
    failures: failures.length,
    falseAlarms: back.length - failures.length,
    changeFailureRatio: deployments === 0 ? null : failures.length / deployments,
    restoreMs: median(failures.map(({ toRecoveryMs }) => toRecoveryMs)),
    leadMs: median(good.map(({ leadMs }) => leadMs)),
    durationMs: median(good.map(({ durationMs, endedAtMs }) => (endedAtMs === null ? null : durationMs))),
    errorRatio: median(good.map(({ errorRate }) => errorRate?.canary ?? null)),
    slowRatio: median(good.map(({ slow }) => slow?.canary ?? null)),
    responseTime: medianBetween(
      good.map(({ responseTime: seen }) => (seen?.quantile === quantile ? seen.canary : null)),
    ),
  };
}

/** The median of what lies between two bounds lies between the medians of the lower and of the upper ones. */
function medianBetween(all: readonly (Between | null)[]): Between | null {
  const known = all.filter((between) => between !== null);
  const above = median(known.map(({ aboveSeconds }) => aboveSeconds ?? Number.NEGATIVE_INFINITY)) ?? Number.NaN;
  const atMost = median(known.map(({ atMostSeconds }) => atMostSeconds ?? Number.POSITIVE_INFINITY)) ?? Number.NaN;
  const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
  return known.length === 0 ? null : { aboveSeconds: finite(above), atMostSeconds: finite(atMost) };
}
