/** One answer sorted by the process it tells of: its counters, whether it was up, when it started, how fresh all that is. */
import type { Labels, Sample, Series } from './series.ts';
import { createdKey, targetOf } from './series-key.ts';

export interface TargetView {
  readonly name: string;
  /** What the monitoring system adds to everything of this target: the labels of its `up`. */
  readonly added: Labels;
  readonly up: readonly Sample[];
  /** Process start as seen over time, in epoch ms. */
  readonly starts: readonly Sample[];
  /** `_created` of series as seen over time, in epoch ms, by `createdKey`. */
  readonly created: ReadonlyMap<string, readonly Sample[]>;
  readonly counters: readonly Series[];
  /** Newest sample of any kind; -Infinity: none. */
  readonly newestMs: number;
  /** Usual time between two samples; 0: not to be told from this answer. */
  readonly intervalMs: number;
}

export const startMetric = 'process_start_time_seconds';

/** `counters`: the series that are counted; the others only tell about the targets. */
export function viewTargets(series: readonly Series[], counters: ReadonlySet<Series>): ReadonlyMap<string, TargetView> {
  const byTarget = Map.groupBy(series, ({ labels }) => targetOf(labels));
  return new Map([...byTarget].map(([name, own]) => [name, viewTarget(name, own, counters)]));
}

function viewTarget(name: string, series: readonly Series[], counters: ReadonlySet<Series>): TargetView {
  const ups = series.find(({ metric }) => metric === 'up');
  const added = ups?.labels ?? {};
  const created = series.filter(({ metric }) => metric.endsWith('_created'));
  return {
    name,
    added,
    up: ups?.samples ?? [],
    starts: inMs(series.find(({ metric }) => metric === startMetric)?.samples ?? []),
    created: new Map(created.map((each) => [createdKey(each, added), inMs(each.samples)])),
    counters: series.filter((each) => counters.has(each)),
    newestMs: Math.max(Number.NEGATIVE_INFINITY, ...series.map(({ samples }) => samples.at(-1)?.atMs ?? -Infinity)),
    intervalMs: usualGapMs(series),
  };
}

const inMs = (samples: readonly Sample[]): readonly Sample[] =>
  samples.filter(({ value }) => Number.isFinite(value)).map(({ atMs, value }) => ({ atMs, value: value * 1000 }));

const maxIntervalMs = 300_000;

/** Median over the series with most samples: one scrape that came late or not at all does not move it. */
function usualGapMs(series: readonly Series[]): number {
  const longest = series.reduce<readonly Sample[]>(
    (most, { samples }) => (samples.length > most.length ? samples : most),
    [],
  );
  const gaps = longest.slice(1).map(({ atMs }, before) => atMs - (longest[before]?.atMs ?? atMs));
  const middle = gaps.toSorted((a, b) => a - b)[Math.floor(gaps.length / 2)];
  return Math.min(middle ?? 0, maxIntervalMs);
}

/** Samples older than this are stale: three scrapes missed, and at least 10 s. */
export const staleAfterMs = (intervalMs: number): number => Math.max(3 * intervalMs, 10_000);

/** Null while it lives; else why its numbers do not count, to follow its name. */
export function whyNotLive(view: TargetView, intervalMs: number, nowMs: number): string | null {
  const ageMs = nowMs - view.newestMs;
  if (ageMs > staleAfterMs(intervalMs)) return `gave its last sample ${Math.round(ageMs / 1000)} s ago`;
  return view.up.at(-1)?.value === 0 ? 'did not answer its last scrape (up is 0)' : null;
}
