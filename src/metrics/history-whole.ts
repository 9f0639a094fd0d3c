/** All chunks of a history as one: for spans and series that are known to be few. */
import { ok, type Result } from '../lib/result.ts';
import type { HistoryChunk, HistoryChunks, HistoryFailure, Span } from './history.ts';
import type { Sample, Series } from './series.ts';

export interface History {
  readonly series: readonly Series[];
  /** Where the data asked for begins: its first sample; null: there is none at all. */
  readonly beginsMs: number | null;
  readonly gaps: readonly Span[];
  /** Each said once. */
  readonly warnings: readonly string[];
}

export async function wholeHistory(chunks: HistoryChunks): Promise<Result<History, HistoryFailure>> {
  const bySeries = new Map<string, { readonly series: Series; readonly samples: Sample[] }>();
  const gaps: Span[] = [];
  const warnings = new Set<string>();
  for await (const chunk of chunks) {
    if (!chunk.ok) return chunk;
    gaps.push(...chunk.value.gaps);
    for (const warning of chunk.value.warnings) warnings.add(warning);
    for (const series of chunk.value.series) append(bySeries, series);
  }
  const series = [...bySeries.values()].map(({ series: { metric, labels }, samples }) => ({ metric, labels, samples }));
  const begins = series.map(({ samples }) => samples[0]?.atMs ?? Number.POSITIVE_INFINITY);
  const beginsMs = begins.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  return ok({ series, beginsMs: Number.isFinite(beginsMs) ? beginsMs : null, gaps, warnings: [...warnings] });
}

function append(
  bySeries: Map<string, { readonly series: Series; readonly samples: Sample[] }>,
  series: HistoryChunk['series'][number],
): void {
  const key = identityOf(series);
  const known = bySeries.get(key) ?? { series, samples: [] };
  bySeries.set(key, known);
  for (const sample of series.samples) known.samples.push(sample);
}

/** Tells two series apart within one source. */
export const identityOf = ({ metric, labels }: Series): string =>
  JSON.stringify([metric, ...Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))]);
