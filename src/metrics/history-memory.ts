/** History that is given as data: for tests, dry runs, and recorded series. */
import { systemClock } from '../lib/clock.ts';
import { messageOf } from '../lib/message-of.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import { type LabelValues, renderSelector } from '../rules/promql.ts';
import type { HistorySource, SamplesWanted, Span, StepsWanted } from './history.ts';
import { type ChunkAnswer, type ChunkFailure, defaultWithinMs, inChunks } from './history-chunks.ts';
import { seriesTest } from './matching.ts';
import type { Labels, Series } from './series.ts';

export interface MemoryHistoryOptions {
  readonly name?: string;
  readonly series: readonly Series[];
  /** The value of an expression at a moment, one a label set; default: there is none. Throws for one that it can't tell. */
  readonly evaluate?: (promql: string, atMs: number) => readonly { readonly labels: Labels; readonly value: number }[];
  /** Default 6 h. */
  readonly chunkMs?: number;
  /** Said with every chunk. */
  readonly warnings?: readonly string[];
}

export function memoryHistory(options: MemoryHistoryOptions): HistorySource {
  const { name = 'memory', chunkMs = 6 * 3_600_000 } = options;
  const chunked = (wanted: SamplesWanted | StepsWanted, alignMs: number, answer: (span: Span) => readonly Series[]) => {
    const widthMs = Math.max(1, Math.floor(chunkMs / alignMs)) * alignMs;
    return inChunks({
      fromMs: wanted.fromMs,
      toMs: wanted.toMs,
      onProgress: wanted.onProgress,
      signal: wanted.signal,
      withinMs: wanted.withinMs ?? defaultWithinMs,
      clock: systemClock,
      widths: { firstMs: widthMs, leastMs: widthMs, mostMs: widthMs, alignMs },
      wantedBytes: 1,
      ask: async (span) => answered(() => answer(span), options.warnings ?? []),
    });
  };
  return {
    name,
    samples: (wanted) => chunked(wanted, 1, (span) => samplesIn(options.series, wanted, span)),
    steps: (wanted) => chunked(wanted, wanted.stepMs, (span) => stepsIn(options, wanted, span)),
  };
}

function answered(answer: () => readonly Series[], warnings: readonly string[]): Result<ChunkAnswer, ChunkFailure> {
  try {
    return ok({ series: answer(), warnings, bytes: 0 });
  } catch (error) {
    return failed({ reason: 'QueryError', message: messageOf(error) });
  }
}

function samplesIn(
  all: readonly Series[],
  { selectors, labels = {} }: SamplesWanted,
  { fromMs, toMs }: Span,
): readonly Series[] {
  // Refuses the names that a server would refuse.
  for (const selector of selectors) renderSelector(selector, labels);
  return all
    .filter((series) => selectors.some((selector) => seriesTest(selector)(series)) && hasLabels(series, labels))
    .map((series) => ({ ...series, samples: series.samples.filter(({ atMs }) => atMs >= fromMs && atMs < toMs) }))
    .filter(({ samples }) => samples.length > 0);
}

const hasLabels = ({ labels }: Series, wanted: LabelValues): boolean =>
  Object.entries(wanted).every(([label, values]) => values.includes(labels[label] ?? ''));

function stepsIn({ evaluate }: MemoryHistoryOptions, { promql, stepMs }: StepsWanted, span: Span): readonly Series[] {
  const bySeries = new Map<string, { labels: Labels; samples: { atMs: number; value: number }[] }>();
  for (let atMs = span.fromMs; atMs < span.toMs; atMs += stepMs)
    for (const { labels, value } of evaluate?.(promql, atMs) ?? []) {
      const key = JSON.stringify(Object.entries(labels).sort());
      const known = bySeries.get(key) ?? { labels, samples: [] };
      bySeries.set(key, known);
      known.samples.push({ atMs, value });
    }
  return [...bySeries.values()].map(({ labels, samples }) => ({ metric: '', labels, samples }));
}
