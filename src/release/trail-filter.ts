/** Of a trail's entries those that are asked for. */
import type { TrailEntry, TrailFilter } from './trail.ts';

/** `entries`: oldest first. */
export const trailIn = (entries: readonly TrailEntry[], filter: TrailFilter): readonly TrailEntry[] => {
  const { before = Number.POSITIVE_INFINITY, limit, policy, release, sinceMs = 0, what } = filter;
  const wanted = entries.filter(
    (entry) =>
      entry.number < before &&
      entry.atMs >= sinceMs &&
      (policy === undefined || entry.policy === policy) &&
      (release === undefined || entry.release === release) &&
      (what === undefined || entry.what === what),
  );
  return wanted.slice(-limit);
};
