/** The part of an answer that can be of now: nothing without samples, nothing from the future. */
import type { Sample, Series } from './series.ts';

export interface Present {
  readonly series: readonly Series[];
  /** How far the samples that were dropped are ahead of our clock; 0: none was. */
  readonly aheadMs: number;
}

/** Clocks of two machines may differ by so much. */
export const toleratedAheadMs = 30_000;

export function presentOf(series: readonly Series[], nowMs: number): Present {
  const limitMs = nowMs + toleratedAheadMs;
  let aheadMs = 0;
  const kept = series.flatMap((each) => {
    const newest = each.samples.at(-1);
    if (newest === undefined) return [];
    if (newest.atMs <= limitMs) return [each];
    aheadMs = Math.max(aheadMs, newest.atMs - nowMs);
    const samples = each.samples.filter(({ atMs }: Sample) => atMs <= limitMs);
    return samples.length === 0 ? [] : [{ ...each, samples }];
  });
  return { series: kept, aheadMs };
}
