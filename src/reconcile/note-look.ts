/** What is kept of a look: what the judge read, and the weight that it was read at. */
import type { Measured } from '../metrics/measure.ts';
import { briefOf, type JournalSpan } from '../release/journal-span.ts';
import type { Release } from '../release/release.ts';
import type { RouteState } from '../router/router.ts';

export interface Looked {
  /** As it was stored before the look, and after it. */
  readonly before: Release;
  readonly after: Release;
  readonly nowMs: number;
  /** First look of this controller. */
  readonly isFirst: boolean;
  readonly route: RouteState | null;
  /** null: no answer was judged. */
  readonly readings: Measured['readings'] | null;
}

/** null: nothing new was read, and nothing has moved. */
export function noteOf({ after, before, isFirst, nowMs, readings, route }: Looked): JournalSpan | null {
  const moved = before.weight.applied !== after.weight.applied;
  if (readings === null && !moved && !isFirst) return null;
  const begins = before.weight.seenByEpoch === null ? 'release' : 'controller';
  const since = route?.since ?? null;
  const read = Object.entries(readings ?? {}).map(([name, reading]) => [name, briefOf(reading, nowMs)] as const);
  return {
    toMs: nowMs - before.startedAtMs,
    looks: 1,
    ...(isFirst ? { start: begins } : {}),
    weight: after.weight.applied,
    sent: since === null ? null : [since.canary, since.stable],
    read: Object.fromEntries(read),
  };
}
