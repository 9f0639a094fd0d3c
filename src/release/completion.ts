/** When the world shows that a phase has done its work: the events that need no decision. */
import { isWhole, missingServeNobody, type RouteState } from '../router/router.ts';
import type { WorkloadState } from '../workload/workload.ts';
import { wantedOf } from './instances.ts';
import type { Release } from './release.ts';
import type { Event } from './transition.ts';
import { verifyShare } from './verify-share.ts';

/** Both freshly read. */
export interface World {
  readonly nowMs: number;
  readonly route: RouteState;
  readonly workload: WorkloadState;
}

/** The event that the world has brought about by itself; null: none yet. */
export function completed(release: Release, world: World): Event | null {
  switch (release.phase.phase) {
    case 'shifting': {
      const verified = isWhole(world.route) ? verifyShare(release, world.route) : null;
      return verified === null ? null : { kind: 'verified', verified };
    }
    case 'promoting':
      return isPromoted(release, world) ? { kind: 'promoted' } : null;
    case 'watching':
      return watchOver(release) && isScaledBack(release, world) ? { kind: 'watched', atMs: world.nowMs } : null;
    case 'rollingBack':
      return isBack(release, world) ? { kind: harmless(release) ? 'withdrawn' : 'emptied', atMs: world.nowMs } : null;
    default:
      return null;
  }
}

/** The watch lasts as long as planned, or until a newer revision comes; a breach that waits for a person's word keeps it open. */
export const watchOver = ({ latch, phase, plan, supersededBy }: Release): boolean =>
  phase.phase === 'watching' && (supersededBy !== null || (latch === null && phase.watchedMs >= plan.watchMs));

/** No request is under way on the canary any more: its last ones are answered, or had `drain` to end. Stable's backend does not count them. */
export function isDrained({ phase, plan, weight }: Release, route: RouteState): boolean {
  if (phase.phase !== 'rollingBack' || phase.zeroAtMs === null || route.canary > 0) return false;
  if (weight.firstTrafficAtMs === null || phase.drainedMs >= plan.drainMs) return true;
  return route.canaryInFlight === 0 && !phase.undo;
}

const isPromoted = ({ revision }: Release, { route, workload }: World): boolean =>
  isWhole(route) && route.canary === 0 && workload.serving.stable === revision && workload.serving.canary === null;

const isScaledBack = (release: Release, { workload }: World): boolean =>
  release.stableRevision === null || wantedOf(workload, release.stableRevision) === 0;

function isBack(release: Release, { route, workload }: World): boolean {
  const { mode, phase, revision, stableRevision } = release;
  if (phase.phase !== 'rollingBack') return false;
  if (mode === 'observe') return true;
  const served =
    workload.serving.canary === revision || (stableRevision !== null && workload.serving.stable === revision);
  return isDrained(release, route) && missingServeNobody(route) && !served && wantedOf(workload, revision) === 0;
}

/** Nothing was found against it, or no user ever met it. */
const harmless = ({ phase, weight }: Release): boolean =>
  weight.firstTrafficAtMs === null || (phase.phase === 'rollingBack' && phase.cause.reason === 'Superseded');
