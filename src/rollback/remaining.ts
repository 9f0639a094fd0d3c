/**
 * What is left to do on the way back: the one next action until stable serves everything and the canary is gone.
 *
 *   weight 0 with the latch ─► (undo: stable backend serves the revision before) ─► drain ─► close streams
 *        ▲      │                         ─► canary backend serves nothing ─► its last requests are counted ─► scale canary to 0
 *        │      └─ no instance of stable is ready: scale stable, write 0 at its first ready one
 *        └─ raised by somebody: written again, for ever
 */
import type { Action } from '../release/action.ts';
import { isDrained } from '../release/completion.ts';
import { readyOf, stateOf, wantedOf } from '../release/instances.ts';
import { isCountedToTheEnd } from '../release/last-counts.ts';
import { contestedLimit } from '../release/observe-route.ts';
import type { Release } from '../release/release.ts';
import { missingServeNobody, type RouteState } from '../router/router.ts';
import type { WorkloadState } from '../workload/workload.ts';

export interface Glimpsed {
  /** null: could not be read. A rollback does not wait for that. */
  readonly route: RouteState | null;
  readonly workload: WorkloadState | null;
}

const toZero: Action = { kind: 'weight', canary: 0, latch: true };

/** null: nothing can be done now, or nothing is left. Only for a release that rolls back. */
export function rollbackRemaining(release: Release, { route, workload }: Glimpsed): Action | null {
  const { phase } = release;
  if (phase.phase !== 'rollingBack') return null;
  if (route === null) return phase.zeroAtMs === null ? toZero : null;
  if (route.canary > 0 && canAnswer(route, workload)) return toZero;
  if (workload === null) return null;
  return restoreStable(release, workload) ?? (route.canary > 0 ? null : clearCanary(release, { route, workload }));
}

/** S2: stable has a ready instance, as far as anybody knows; a backend may still name endpoints that died. */
const canAnswer = (route: RouteState, workload: WorkloadState | null): boolean =>
  route.stableReady && (workload === null || readyOf(workload, workload.serving.stable) > 0);

/** Stable runs, and its backend sends to it: at once where it is ready, at its first ready instance otherwise. */
function restoreStable({ size, stableRevision }: Release, workload: WorkloadState): Action | null {
  if (stableRevision === null) return null;
  if (workload.serving.stable !== stableRevision && readyOf(workload, stableRevision) > 0) {
    return { kind: 'serve', backend: 'stable', revision: stableRevision };
  }
  const isSizedElsewhere = size.fixed || stateOf(workload, stableRevision)?.autoscaled === true;
  const full = isSizedElsewhere ? 1 : Math.max(1, size.baseline);
  return wantedOf(workload, stableRevision) < full ? { kind: 'scale', revision: stableRevision, replicas: full } : null;
}

/** S13: no new request, then no open stream, then no instance. Where somebody keeps raising the weight its backend is emptied first (S10). */
function clearCanary(
  release: Release,
  { route, workload }: { readonly route: RouteState; readonly workload: WorkloadState },
): Action | null {
  const { revision, weight } = release;
  const served = workload.serving.canary === revision;
  const unserve: Action = { kind: 'serve', backend: 'canary', revision: null };
  if (served && weight.contested >= contestedLimit) return unserve;
  if (!isDrained(release, route)) return null;
  if (served && (route.canaryInFlight ?? 0) > 0 && !isOverdue(release)) return { kind: 'closeStreams' };
  if (served) return unserve;
  if (workload.serving.stable === revision || wantedOf(workload, revision) === 0) return null;
  // Where nobody can be reached users may still be sent to it: instances that err are better than none.
  if (!missingServeNobody(route)) return null;
  return isCountedToTheEnd(release) ? { kind: 'scale', revision, replicas: 0 } : null;
}

/** Streams that a data plane can't end are ended with the instances. */
const closeWithinMs = 5_000;

const isOverdue = ({ phase, plan }: Release): boolean =>
  phase.phase === 'rollingBack' && phase.drainedMs >= plan.drainMs + closeWithinMs;
