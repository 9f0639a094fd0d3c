/** Time in which nothing was read is a gap of a plot, not a line across it. */
import { median } from '../trends/median.ts';
import type { RuleTrend } from './after-promotion.ts';

interface Columns {
  readonly atMs: readonly number[];
  readonly value: readonly (number | null)[];
}

/** Of the usual distance between two points. */
const gapFrom = 2.5;

export function withGaps({ atMs, value }: Pick<RuleTrend, 'atMs' | 'value'>): Columns {
  const usualMs = median(atMs.slice(1).map((at, index) => at - (atMs[index] ?? at))) ?? 0;
  const points = atMs.flatMap((at, index) => {
    const beforeMs = atMs[index - 1] ?? at;
    const gap = at - beforeMs > gapFrom * usualMs ? [{ at: beforeMs + usualMs, read: null }] : [];
    return [...gap, { at, read: value[index] ?? null }];
  });
  return { atMs: points.map(({ at }) => at), value: points.map(({ read }) => read) };
}
