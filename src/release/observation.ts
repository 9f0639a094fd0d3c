/** How a release ends that somebody else drives: by what their rollout shows, never by anything that was done here. */
import type { Change, LogEntry } from './log.ts';
import { policyAfter } from './policy-state.ts';
import type { Cause, Release } from './release.ts';
import type { PolicyState } from './store.ts';
import { transition } from './transition.ts';

export interface Driven {
  readonly nowMs: number;
  /** A weight of 0 that lasts so long is no pause on the way. */
  readonly settleMs: number;
  /** Revisions that the two Services select. */
  readonly stable: string;
  /** What stable runs is what it ran before the release under another name: it was restarted. Left out: not known. */
  readonly restarted?: 'stable' | 'nobody';
  readonly canary: string | null;
  /** The canary's percent in the route. */
  readonly weight: number;
}

/** Cause of a release that the other side took back: said of the revision, and no reason not to judge it again. */
const takenBackByDriver = 'DriverTookBack';

export interface ObservationEnd extends Change<Release> {
  /** To be saved first. */
  readonly policy: PolicyState;
}

/**
 *   stable serves it, or something newer ──► succeeded
 *   another canary stands in its place ────► makes way
 *   no canary any more, or 0 % for a while ► taken back
 *
 * null: it goes on.
 */
export function observationEnd(release: Release, state: PolicyState, seen: Driven): ObservationEnd | null {
  if (release.phase.phase !== 'preparing') return null;
  const ended = isMadeStable(release, seen) ? succeeded(release, seen) : withdrawn(release, seen);
  return ended === null ? null : { ...ended, policy: policyAfter(state, ended.release) };
}

const hadTraffic = ({ weight }: Release): boolean => weight.firstTrafficAtMs !== null;

/** Its own pods became stable's, or stable's were made anew after it (as Flagger does) before it lost its traffic. */
const isMadeStable = (release: Release, { restarted, stable, weight }: Driven): boolean =>
  stable === release.revision ||
  (weight === 0 && hadTraffic(release) && stable !== release.stableRevision && restarted !== 'stable');

function succeeded(release: Release, { nowMs, stable }: Driven): Change<Release> | null {
  const phase = transition(release, { kind: 'driven', atMs: nowMs });
  if (phase === null) return null;
  const { latch, revision } = release;
  const as = stable === revision ? '' : `, as ${stable}`;
  const although = latch === null ? '' : `, although: ${latch.message}`;
  const message = `whoever drives the rollout made ${revision} stable${as}${although}`;
  return { release: { ...release, phase, waiting: null }, log: [line('Succeeded', message, nowMs)] };
}

function withdrawn(release: Release, seen: Driven): Change<Release> | null {
  const why = reasonToEnd(release, seen);
  if (why === null) return null;
  const { latch } = release;
  const after = latch === null ? '' : `, after: ${latch.message}`;
  const message = `${why.message}${after}`;
  const cause: Cause = { ...why, message, rule: latch?.rule ?? null, atMs: seen.nowMs, data: latch?.data ?? {} };
  const phase = transition(release, { kind: 'rollback', cause });
  if (phase === null) return null;
  return { release: { ...release, phase, waiting: null }, log: [line('ObservationOver', message, seen.nowMs)] };
}

function reasonToEnd(
  release: Release,
  { canary, nowMs, settleMs, weight }: Driven,
): Pick<Cause, 'message' | 'reason'> | null {
  const { revision, stableRevision, weight: book } = release;
  if (canary !== null && canary !== revision)
    return { reason: 'Superseded', message: `${canary} stands in the place of ${revision}` };
  if (canary === null)
    return {
      reason: takenBackByDriver,
      message: `the pods of ${revision} are gone: whoever drives the rollout took it back`,
    };
  const lasts = book.applied === 0 && nowMs - (book.appliedAtMs ?? nowMs) >= settleMs;
  if (weight > 0 || !hadTraffic(release) || !lasts) return null;
  return {
    reason: takenBackByDriver,
    message: `whoever drives the rollout took the weight of ${revision} to 0, and ${stableRevision ?? 'nobody'} serves everything`,
  };
}

const line = (reason: string, message: string, atMs: number): LogEntry => ({
  atMs,
  kind: 'event',
  reason,
  message,
  data: {},
});
