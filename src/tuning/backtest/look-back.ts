/** What the history is asked before the replay: who had how much of the traffic, what was marked, what Sluice exported, when it was bad. */
import { failed, ok, type Result } from '../../lib/result.ts';
import type { HistoryChunks, HistorySource, Span } from '../../metrics/history.ts';
import { wholeHistory } from '../../metrics/history-whole.ts';
import type { Series } from '../../metrics/series.ts';
import type { Plan } from '../../release/plan.ts';
import { type LabelValues, renderSelector } from '../../rules/promql.ts';
import type { Rule } from '../../rules/rule.ts';
import type { Selector } from '../../rules/sli.ts';
import { findByMarker } from './find-by-marker.ts';
import { findByOwn } from './find-by-own.ts';
import { ShareFinder, type Traffic } from './find-by-share.ts';
import type { FoundRelease } from './found-release.ts';
import { limitOf } from './harm.ts';
import { watchedMs } from './quiet.ts';

export interface LookBack extends Span {
  readonly history: HistorySource;
  /** Labels that choose the service among all that the source knows. */
  readonly select: LabelValues;
  readonly stepMs: number;
  readonly withinMs: number;
  readonly signal?: AbortSignal;
}

/** A step holds at least four samples of the spacing, so that a rate has two even where some are missing. */
export const stepFor = (spacingMs: number): number => Math.max(60_000, Math.ceil((4 * spacingMs) / 60_000) * 60_000);

function chunksOf({ history, ...given }: LookBack, promql: string, stepMs = given.stepMs): HistoryChunks {
  const { fromMs, toMs, withinMs, signal } = given;
  const ending = signal === undefined ? {} : { signal };
  return history.steps({ fromMs, toMs, withinMs, promql, stepMs, ...ending });
}

async function stepsOf(given: LookBack, promql: string, stepMs?: number): Promise<Result<readonly Series[], string>> {
  const whole = await wholeHistory(chunksOf(given, promql, stepMs));
  return whole.ok ? ok(whole.value.series) : failed(whole.error.message);
}

const rangeOf = (ms: number): string => `${Math.round(ms / 1000)}s`;

export interface ByVersion {
  readonly releases: readonly FoundRelease[];
  /** Versions that had traffic, in the order in which they came. */
  readonly versions: readonly string[];
  /** First and last moment with traffic; null: there was none. */
  readonly seen: Span | null;
}

/** `total`: the requests of the service. */
export async function lookForVersions(
  given: LookBack,
  total: Selector,
  { label, plan }: { readonly label: string; readonly plan: Plan },
): Promise<Result<ByVersion, string>> {
  const rate = `rate(${renderSelector(total, given.select)}[${rangeOf(given.stepMs)}])`;
  const steps = plan.steps.map(({ weight }) => weight);
  const finder = new ShareFinder({ stepMs: given.stepMs, steps, watchedMs: watchedMs(plan) });
  const versions = new Set<string>();
  let firstMs: number | null = null;
  let lastMs = 0;
  for await (const chunk of chunksOf(given, `sum by (${label}) (${rate})`)) {
    if (!chunk.ok) return failed(chunk.error.message);
    for (const { atMs, rates } of trafficOf(chunk.value.series, label)) {
      firstMs ??= atMs;
      lastMs = atMs;
      rates.delete('');
      for (const version of rates.keys()) versions.add(version);
      finder.see({ atMs, rates });
    }
  }
  const seen = firstMs === null ? null : { fromMs: firstMs, toMs: lastMs + given.stepMs };
  return ok({ releases: finder.finish(), versions: [...versions], seen });
}

/** In the order of time; what has no version is under ''. */
function trafficOf(series: readonly Series[], label: string): readonly (Traffic & { rates: Map<string, number> })[] {
  const moments = new Map<number, Map<string, number>>();
  for (const { labels, samples } of series)
    for (const { atMs, value } of samples) {
      if (!Number.isFinite(value)) continue;
      const rates = moments.get(atMs) ?? new Map<string, number>();
      moments.set(atMs, rates.set(labels[label] ?? '', value));
    }
  return [...moments].sort(([a], [b]) => a - b).map(([atMs, rates]) => ({ atMs, rates }));
}

export async function lookForMarkers(
  given: LookBack,
  promql: string,
  versionLabel: string,
): Promise<Result<readonly FoundRelease[], string>> {
  const series = await stepsOf(given, promql);
  if (!series.ok) return series;
  return ok(findByMarker(series.value, { versionLabel, stepMs: given.stepMs, fromMs: given.fromMs }));
}

/** `policy` null: of whatever policy. */
export async function lookForOwn(
  given: LookBack,
  policy: string | null,
): Promise<Result<readonly FoundRelease[], string>> {
  const own: LabelValues = policy === null ? {} : { policy: [policy] };
  const name = (metric: string, labels: LabelValues = {}): string =>
    renderSelector({ metric, matchers: [] }, { ...own, ...labels });
  const queries = {
    info: name('sluice_release_info'),
    phase: `${name('sluice_release_phase')} == 1`,
    applied: name('sluice_release_weight_ratio', { source: ['applied'] }),
    breach: `${name('sluice_rule_verdict', { verdict: ['breach'] })} == 1`,
    critical: name('sluice_rule_threshold', { alert: ['critical'] }),
  };
  const entries: [string, readonly Series[]][] = [];
  for (const [key, promql] of Object.entries(queries)) {
    const series = await stepsOf(given, promql);
    if (!series.ok) return series;
    if (key === 'info' && series.value.length === 0) return ok([]);
    entries.push([key, series.value]);
  }
  const found = Object.fromEntries(entries) as Record<keyof typeof queries, readonly Series[]>;
  return ok(findByOwn(found));
}

const incidentStepMs = 300_000;

/** Times in which the whole service was clearly above the limit of the rule. */
export async function lookForIncidents(given: LookBack, rule: Rule): Promise<Result<readonly Span[], string>> {
  const limit = limitOf(rule);
  if (rule.sli.kind !== 'ratio' || limit === null) return ok([]);
  const increase = (selector: Selector): string =>
    `sum(increase(${renderSelector(selector, given.select)}[${rangeOf(incidentStepMs)}]))`;
  const bad = await stepsOf(given, increase(rule.sli.bad), incidentStepMs);
  const total = await stepsOf(given, increase(rule.sli.total), incidentStepMs);
  if (!bad.ok || !total.ok) return bad.ok ? failed(total.ok ? '' : total.error) : bad;
  const totals = new Map(
    total.value.flatMap(({ samples }) => samples.map(({ atMs, value }) => [atMs, value] as const)),
  );
  const isAbove = (atMs: number, value: number): boolean =>
    value - 3 * Math.sqrt(Math.max(0, value)) > limit * (totals.get(atMs) ?? Number.POSITIVE_INFINITY);
  return ok(
    bad.value.flatMap(({ samples }) =>
      samples
        .filter(({ atMs, value }) => isAbove(atMs, value))
        .map(({ atMs }) => ({ fromMs: atMs - incidentStepMs - rule.windowMs, toMs: atMs + rule.windowMs })),
    ),
  );
}
