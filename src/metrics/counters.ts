/**
 * Raw counters of one answer against what is remembered of their process: every increment exactly once.
 *
 *     known series            difference of samples whose own times rise (series-fold.ts)
 *     new series, known live  its value: the scrape before would have shown it
 *     new target              baseline only, unless its process began after counting did: then all of it is new
 *     the source changed      baseline only for what the source before did not tell of: it may have had another name there
 */
import type { SeriesMemory, TargetMemory } from './counter-memory.ts';
import { evidenceBetween, isLater, type RestartEvidence, startAt, strongest, timeline } from './restart.ts';
import type { Sample, Series } from './series.ts';
import { foldSeries, type SeriesFold } from './series-fold.ts';
import { createdKey, seriesKey } from './series-key.ts';
import type { TargetView } from './target-view.ts';

export interface FoldContext {
  /** Of this answer, and of the one before (null: this is the first). */
  readonly source: string;
  readonly sourceBefore: string | null;
  /** When counting began, epoch ms. */
  readonly sinceMs: number;
  /** The answer before was asked for this series, too. */
  readonly wasAskedFor: (series: Series) => boolean;
}

export interface TargetFold {
  readonly memory: TargetMemory;
  readonly series: ReadonlyMap<Series, SeriesFold>;
}

export function foldTarget(remembered: TargetMemory | null, view: TargetView, context: FoldContext): TargetFold {
  const known = remembered !== null && isFollowed(remembered, context) ? remembered : null;
  const intervalMs = view.intervalMs > 0 ? view.intervalMs : (known?.intervalMs ?? 0);
  const horizonMs = horizonOf(view, intervalMs);
  const past = pastOf(known, view, horizonMs);
  const folds = new Map<Series, SeriesFold>();
  const isOver = ({ atMs }: SeriesMemory): boolean =>
    past.restarted && evidenceBetween(past.starts, atMs, horizonMs) === 'restarted';
  const series = past.restarted
    ? Object.fromEntries(Object.entries(past.series).filter(([, remembered]) => !isOver(remembered)))
    : { ...past.series };
  for (const each of view.counters) {
    const samples = upTo(each.samples, horizonMs);
    const fold = foldOne({ each, samples, key: seriesKey(each, view.added), view, past, context });
    if (fold === null) continue;
    folds.set(each, fold.fold);
    if (!isOver(fold.fold.memory)) series[fold.key] = fold.fold.memory;
  }
  const memory: TargetMemory = {
    source: context.source,
    atMs: Math.max(known?.atMs ?? Number.NEGATIVE_INFINITY, horizonMs),
    fromMs: known?.fromMs ?? coverageFrom(folds, horizonMs),
    intervalMs,
    startMs: startAt(past.starts, horizonMs) ?? known?.startMs ?? null,
    series,
  };
  return { memory, series: folds };
}

const upTo = (samples: readonly Sample[], horizonMs: number): readonly Sample[] =>
  (samples.at(-1)?.atMs ?? horizonMs) <= horizonMs ? samples : samples.filter(({ atMs }) => atMs <= horizonMs);

/** Its increments were counted up to the answer before under this very name. */
const isFollowed = ({ source }: TargetMemory, context: FoldContext): boolean =>
  !isSwitched(context) || source === context.sourceBefore;

const isSwitched = ({ source, sourceBefore }: FoldContext): boolean => sourceBefore !== null && sourceBefore !== source;

const coverageFrom = (folds: ReadonlyMap<Series, SeriesFold>, horizonMs: number): number =>
  Math.min(horizonMs, ...[...folds.values()].map(({ memory, increments }) => increments[0]?.fromMs ?? memory.atMs));

/**
 * Up to where all counters are known: what one query saw of a scrape and another did not yet waits for the next answer, so
 * that bad and total are of one scrape. A series that fell behind for longer is gone, and holds nobody up.
 */
function horizonOf(view: TargetView, intervalMs: number): number {
  const newest = view.counters.flatMap(({ samples }) => samples.at(-1)?.atMs ?? []);
  if (newest.length === 0) return view.newestMs;
  const last = Math.max(...newest);
  return Math.min(...newest.filter((atMs) => last - atMs <= 1.5 * intervalMs));
}

interface Past {
  readonly known: TargetMemory | null;
  /** By `seriesKey`, which no property of every object is called. */
  readonly series: TargetMemory['series'];
  readonly starts: readonly Sample[];
  readonly restarted: boolean;
  /** The labels are still those that were remembered; else every series would look new. */
  readonly recognised: boolean;
}

function pastOf(known: TargetMemory | null, view: TargetView, horizonMs: number): Past {
  const series = known?.series ?? {};
  const starts = timeline({ value: known?.startMs ?? null, atMs: known?.atMs ?? 0 }, view.starts);
  return {
    known,
    series,
    starts,
    restarted: known !== null && evidenceBetween(starts, known.atMs, horizonMs) === 'restarted',
    recognised:
      Object.keys(series).length === 0 ||
      view.counters.some((each) => series[seriesKey(each, view.added)] !== undefined),
  };
}

interface Counter {
  readonly each: Series;
  readonly samples: readonly Sample[];
  readonly key: string;
  readonly view: TargetView;
  readonly past: Past;
  readonly context: FoldContext;
}

function foldOne(counter: Counter): { readonly key: string; readonly fold: SeriesFold } | null {
  const { each, samples, key, view, past } = counter;
  const remembered = past.series[key];
  const seen = view.created.size === 0 ? [] : (view.created.get(createdKey(each, view.added)) ?? []);
  const created = timeline({ value: remembered?.createdMs ?? null, atMs: remembered?.atMs ?? 0 }, seen);
  const begin = remembered ?? beginOf(counter, created);
  if (begin === null) return null;
  const evidence = (fromMs: number, toMs: number): RestartEvidence =>
    strongest([evidenceBetween(past.starts, fromMs, toMs), evidenceBetween(created, fromMs, toMs)]);
  const fold = foldSeries({ memory: begin, evidence }, samples);
  const createdMs = startAt(created, fold.memory.atMs);
  return { key, fold: { ...fold, memory: { ...fold.memory, createdMs } } };
}

/** Where a series that is not remembered begins: at zero when it is new, else at a sample of its own. */
function beginOf({ each, samples, past, context }: Counter, created: readonly Sample[]): SeriesMemory | null {
  const startMs = startAt(past.starts, samples.at(-1)?.atMs ?? 0) ?? Number.NEGATIVE_INFINITY;
  // What the process before counted is still in sight for a while.
  const finite = samples.filter(({ atMs, value }) => Number.isFinite(value) && !isLater(startMs, atMs));
  const first = finite[0];
  if (first === undefined) return null;
  const { known } = past;
  const from = (sample: Sample): SeriesMemory => ({ ...sample, createdMs: null, doubt: null });
  if (known === null) {
    if (isSwitched(context)) return from(first);
    const bornMs = Math.max(startAt(past.starts, first.atMs) ?? 0, startAt(created, first.atMs) ?? 0);
    return from(isLater(bornMs, context.sinceMs) ? { atMs: Math.min(bornMs, first.atMs - 1), value: 0 } : first);
  }
  const before = finite.filter(({ atMs }) => atMs <= known.atMs);
  const isNew = past.restarted || (past.recognised && context.wasAskedFor(each) && before.length < 2);
  return from(isNew ? { atMs: Math.min(known.atMs, first.atMs - 1), value: 0 } : (before.at(-1) ?? first));
}
