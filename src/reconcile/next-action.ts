/** The one thing to do next for a release: forward or back, by its phase. */
import { lower, promotionRemaining } from '../promotion/remaining.ts';
import type { Action } from '../release/action.ts';
import { wantedOf } from '../release/instances.ts';
import { isOver } from '../release/phase.ts';
import type { Release } from '../release/release.ts';
import { rollbackRemaining } from '../rollback/remaining.ts';
import { isWhole, type RouteState } from '../router/router.ts';
import type { WorkloadState } from '../workload/workload.ts';

export interface LastSeen {
  /** null: could not be read. */
  readonly route: RouteState | null;
  readonly workload: WorkloadState | null;
}

/** null: nothing to do until something changes. What could not be read is no reason to raise anything; a decrease does without it. */
export function nextAction(release: Release, { route, workload }: LastSeen): Action | null {
  if (isOver(release)) return null;
  if (release.mode === 'observe') return lookAfter(release, workload);
  if (release.phase.phase === 'rollingBack') return rollbackRemaining(release, { route, workload });
  if (route === null) return null;
  return workload === null || !isWhole(route)
    ? lower(release, route)
    : promotionRemaining(release, { route, workload });
}

/** Who only observes starts nothing, sends nobody anywhere, and still has to know whether the instances that exist are well. */
function lookAfter({ revision, size }: Release, workload: WorkloadState | null): Action | null {
  if (!size.fixed || workload === null || wantedOf(workload, revision) > 0) return null;
  return { kind: 'scale', revision, replicas: size.baseline };
}
