/** What the loop keeps of a release between two looks, and may lose at any time: everything that counts is in the store. */
import type { Clock } from '../lib/clock.ts';
import type { ReadRequest } from '../metrics/metric-source.ts';
import type { Cause, Release } from '../release/release.ts';
import type { PolicyState } from '../release/store.ts';

/** A release and its policy as they were stored. */
export interface Recalled {
  readonly release: Release;
  readonly policy: PolicyState;
}

export interface Session {
  readonly release: string;
  readonly policy: string;
  /** What the metrics are asked for, null until the release was looked at once. */
  request: ReadRequest | null;
  /** A write of unknown outcome, or a controller that has just taken over: settle before anything is evaluated. */
  unsettled: boolean;
  /** Consecutive looks that could not make the world as desired, for the back-off. */
  failures: number;
  /** Why the weight was lowered for good by a look that could not be saved: the next one still knows. */
  unrecorded: Cause | null;
  /** As last read or saved: what a breach is judged by while the store cannot be read, to lower the weight and for nothing else. */
  known: Recalled | null;
  /** When the last look that was saved began; what was not saved is not accounted for. */
  lastMonotonicMs: number | null;
  /** Monotonic time of the newest usable answer; null: the last one was not usable; undefined: none came yet. */
  sightedAtMs: number | null | undefined;
}

export const startSession = ({ id, policy }: { readonly id: string; readonly policy: string }): Session => ({
  release: id,
  policy,
  request: null,
  unsettled: true,
  failures: 0,
  unrecorded: null,
  known: null,
  lastMonotonicMs: null,
  sightedAtMs: undefined,
});

export interface Tick {
  readonly nowMs: number;
  readonly monotonicMs: number;
  /** Since the look before that was saved; 0 at the first, so that time without a controller earns nothing. */
  readonly elapsedMs: number;
}

export function tick({ lastMonotonicMs }: Session, clock: Clock): Tick {
  const monotonicMs = clock.monotonicMs();
  return {
    nowMs: clock.wallMs(),
    monotonicMs,
    elapsedMs: lastMonotonicMs === null ? 0 : monotonicMs - lastMonotonicMs,
  };
}

/** Polls after which an answer is too old to be called sight. */
const freshPolls = 3;

/** The least time an answer stays fresh, for sources that are asked many times a second. */
const freshMs = 1_000;

/** null: nothing can be said yet, the first answer has not come. */
export const isSighted = ({ sightedAtMs }: Session, clock: Clock, intervalMs: number): boolean | null =>
  sightedAtMs === undefined
    ? null
    : sightedAtMs !== null && clock.monotonicMs() - sightedAtMs <= Math.max(freshMs, freshPolls * intervalMs);

/** `usableAtMs`: monotonic time of an answer that showed the service; null: the answer was of no use. */
export function noteSight(session: Session, usableAtMs: number | null): void {
  session.sightedAtMs = usableAtMs;
}
