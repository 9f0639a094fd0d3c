/**
 * What is left to do on the way forward: the one next action until the canary carries its step, and until it is stable.
 *
 *   preparing   scale canary ─► canary backend serves it ─► (ready: the gate decides)
 *   steps       scale for the step ─► weight
 *   promoting   scale to stable's size ─► stable backend serves it ─► weight 0 ─► canary backend serves nothing
 *   watching    scale new to its own size ─► (the old revision runs on, after a while as much of it as the plan says) ─► over: scale old to 0
 */
import type { Action } from '../release/action.ts';
import { watchOver } from '../release/completion.ts';
import { missingRollbackPoint } from '../release/gate-demand.ts';
import { neededNow, readyOf, stateOf, wantedOf } from '../release/instances.ts';
import { weightToWrite } from '../release/may-rise.ts';
import type { Release } from '../release/release.ts';
import type { RouteState } from '../router/router.ts';
import type { WorkloadState } from '../workload/workload.ts';

export interface Seen {
  readonly route: RouteState;
  readonly workload: WorkloadState;
}

/** null: nothing can be done now, or nothing is left. Only for the phases that go forward, promoting and watching included. */
export function promotionRemaining(release: Release, seen: Seen): Action | null {
  switch (release.phase.phase) {
    case 'preparing':
    case 'shifting':
    case 'baking':
      return (
        lower(release, seen.route) ??
        keepStable(release.stableRevision, seen) ??
        provide(release, seen) ??
        raise(release, seen)
      );
    case 'promoting':
      return promote(release, seen);
    case 'watching':
      return (
        lower(release, seen.route) ??
        keepStable(release.revision, seen) ??
        backToBaseline(release, seen.workload) ??
        closeWatch(release, seen.workload)
      );
    default:
      return null;
  }
}

/** Less traffic waits for nothing, not even for a look at the instances. What somebody raised before the split was this release's goes to 0 first. */
export function lower(release: Release, route: RouteState): Action | null {
  const canary = route.release === release.id ? weightToWrite(release, route.canary) : 0;
  return canary < route.canary ? { kind: 'weight', canary, latch: false } : null;
}

/** S12: what users reach is put back when somebody else moved it, as soon as it can answer them. */
function keepStable(revision: string | null, { workload }: Seen): Action | null {
  if (revision === null || workload.serving.stable === revision || readyOf(workload, revision) === 0) return null;
  return { kind: 'serve', backend: 'stable', revision };
}

/** The canary as large as its step wants, and behind its backend; nothing grows that may not rise. */
function provide(release: Release, { workload }: Seen): Action | null {
  const { revision, stableRevision } = release;
  if (release.phase.phase === 'preparing' && missingRollbackPoint(release.gates) !== null) return null;
  const needed = neededNow(release, workload);
  if (release.latch === null && wantedOf(workload, revision) < needed)
    return { kind: 'scale', revision, replicas: needed };
  if (stableRevision === null || workload.serving.canary === revision) return null;
  return { kind: 'serve', backend: 'canary', revision };
}

/** S3: a rise names a canary as large as the step wants, and leaves the rest to a stable that can answer. What was reached before is only given back. */
function raise(release: Release, { route, workload }: Seen): Action | null {
  const canary = weightToWrite(release, route.canary);
  if (canary <= route.canary || !route.canaryReady) return null;
  if (canary < 100 && (!route.stableReady || readyOf(workload, workload.serving.stable) === 0)) return null;
  const needed = canary > release.weight.reached ? neededNow(release, workload) : 1;
  return readyOf(workload, release.revision) < needed ? null : { kind: 'weight', canary, latch: false };
}

/** Once stable's backend serves the revision both sides are the same, and any order of failures is harmless; before that a person's word can stop it. */
function promote(release: Release, seen: Seen): Action | null {
  const { latch, revision, weight } = release;
  const { route, workload } = seen;
  if (latch !== null) return lower(release, route);
  if (workload.serving.stable !== revision) {
    if (weight.ceiling !== null) return lower(release, route);
    return raise(release, seen) ?? grown(release, seen) ?? takeOver(release, seen);
  }
  if (route.canary > 0) return route.stableReady ? { kind: 'weight', canary: 0, latch: false } : null;
  return workload.serving.canary === null ? null : { kind: 'serve', backend: 'canary', revision: null };
}

/** As many as stable has now, before it becomes stable: where the plan's steps do with fewer, this is the way through all hosts. */
function grown(release: Release, { workload }: Seen): Action | null {
  const needed = neededNow(release, workload);
  return wantedOf(workload, release.revision) < needed
    ? { kind: 'scale', revision: release.revision, replicas: needed }
    : null;
}

const takeOver = (release: Release, seen: Seen): Action | null =>
  readyOf(seen.workload, release.revision) < neededNow(release, seen.workload) && !release.size.fixed
    ? null
    : keepStable(release.revision, seen);

/** What the steps had more than a service runs with; over a latch nothing is made smaller before somebody has spoken. */
function backToBaseline({ latch, revision, size }: Release, workload: WorkloadState): Action | null {
  if (latch !== null || size.fixed || stateOf(workload, revision)?.autoscaled === true) return null;
  if (wantedOf(workload, revision) <= size.baseline) return null;
  return { kind: 'scale', revision, replicas: size.baseline };
}

/** Of the revision before so many run on as the plan says, from when all of the new one are ready. */
function toStandby({ latch, phase, plan, revision, size, stableRevision }: Release, workload: WorkloadState) {
  const { standby } = plan;
  if (standby === undefined || stableRevision === null || size.fixed || latch !== null) return null;
  if (phase.phase !== 'watching' || phase.watchedMs < standby.afterMs) return null;
  if (readyOf(workload, revision) < wantedOf(workload, revision)) return null;
  return wantedOf(workload, stableRevision) > standby.instances
    ? ({ kind: 'scale', revision: stableRevision, replicas: standby.instances } as const)
    : null;
}

/** The revision before is no way back any more. */
function closeWatch(release: Release, workload: WorkloadState): Action | null {
  const { stableRevision } = release;
  if (!watchOver(release)) return toStandby(release, workload);
  if (stableRevision === null || wantedOf(workload, stableRevision) === 0) return null;
  return { kind: 'scale', revision: stableRevision, replicas: 0 };
}
