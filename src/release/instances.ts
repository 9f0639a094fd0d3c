/** How many instances of which revision a release needs, and how many there are. */
import type { RevisionState, WorkloadState } from '../workload/workload.ts';
import type { Release } from './release.ts';
import { stepSize } from './step-size.ts';

export const stateOf = (workload: WorkloadState, revision: string | null): RevisionState | null =>
  workload.revisions.find((each) => each.revision === revision) ?? null;

export const wantedOf = (workload: WorkloadState, revision: string | null): number =>
  stateOf(workload, revision)?.wanted ?? 0;

export const readyOf = (workload: WorkloadState, revision: string | null): number =>
  (stateOf(workload, revision)?.instances ?? []).filter(({ state }) => state === 'ready').length;

/** As many as stable runs with; a first deployment, or one whose stable is not running, goes by its own size. */
function stableSize(release: Release, workload: WorkloadState): number {
  const wanted = wantedOf(workload, release.stableRevision);
  return Math.max(1, wanted === 0 ? release.size.baseline : wanted);
}

/** What a step needs before its weight. `step` beyond the plan: as stable. */
function neededAt(release: Release, workload: WorkloadState, step: number): number {
  const { plan, size } = release;
  if (size.fixed) return size.baseline;
  const full = stableSize(release, workload);
  const planned = plan.steps[step];
  return planned === undefined ? full : stepSize(planned, full);
}

/** What the canary needs where it stands now: while preparing already what the first step wants. */
export function neededNow(release: Release, workload: WorkloadState): number {
  const { phase, plan, stableRevision } = release;
  if (phase.phase === 'preparing') return neededAt(release, workload, stableRevision === null ? plan.steps.length : 0);
  return neededAt(release, workload, 'step' in phase ? phase.step : plan.steps.length);
}
