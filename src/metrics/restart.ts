/** Did the process, or the series, begin anew between two samples? What it says itself decides. */
import type { Sample } from './series.ts';

export type RestartEvidence = 'restarted' | 'same' | 'unknown';

/** Start times are computed from clocks, and wobble by less than this while the process is the same. */
const wobbleMs = 500;

/** What is remembered of a start (or `_created`) time, as of the newest sample that was counted. */
export interface Remembered {
  readonly value: number | null;
  readonly atMs: number;
}

/** Start times as samples: the remembered one from ever on, then what is newer. An older answer never goes back on it. */
export function timeline({ value, atMs }: Remembered, seen: readonly Sample[]): readonly Sample[] {
  if (value === null) return seen;
  return [{ atMs: Number.NEGATIVE_INFINITY, value }, ...seen.filter((each) => each.atMs > atMs)];
}

/** The start in force at a time; null: not known. */
export const startAt = (starts: readonly Sample[], atMs: number): number | null =>
  starts.findLast((each) => each.atMs <= atMs)?.value ?? null;

export const isLater = (startMs: number, thanMs: number): boolean => startMs - thanMs >= wobbleMs;

export function evidenceBetween(starts: readonly Sample[], fromMs: number, toMs: number): RestartEvidence {
  const after = startAt(starts, toMs);
  if (after === null) return 'unknown';
  const before = startAt(starts, fromMs);
  if (before === null) return isLater(after, fromMs) ? 'restarted' : 'unknown';
  return isLater(after, before) ? 'restarted' : 'same';
}

/** One kind of evidence is enough for a restart; any that says "same" speaks against a guess. */
export function strongest(kinds: readonly RestartEvidence[]): RestartEvidence {
  if (kinds.includes('restarted')) return 'restarted';
  return kinds.includes('same') ? 'same' : 'unknown';
}
