/** Folds what router and workload show into a release: weights, share, drift, and the phases that the world ends by itself. */
import { missingServeNobody, type RouteState } from '../router/router.ts';
import type { WorkloadState } from '../workload/workload.ts';
import { completed, isDrained } from './completion.ts';
import { zeroWithinMs } from './elapse.ts';
import type { Change, LogEntry } from './log.ts';
import { observeRoute } from './observe-route.ts';
import type { Release } from './release.ts';
import { type Event, transition } from './transition.ts';

export interface Observation {
  readonly nowMs: number;
  /** Of the controller that looks. */
  readonly epoch: number;
  /** null: could not be read; nothing is concluded from that. */
  readonly route: RouteState | null;
  readonly workload: WorkloadState | null;
}

/** Level-based: the same observation twice changes nothing the second time. */
export function observe(release: Release, { nowMs, epoch, route, workload }: Observation): Change<Release> {
  // A weight of 0 in a promotion is right or wrong by whom stable's backend serves: without knowing that nothing is concluded.
  if (route === null || (workload === null && release.phase.phase === 'promoting')) return { release, log: [] };
  const read = observeRoute(handOver(release, workload), { nowMs, epoch, route });
  const marked = markEmpty(markZero(read.release, { nowMs, route, workload }), { nowMs, route, workload });
  const event = workload === null ? null : completed(marked, { nowMs, route, workload });
  if (event === null) return { release: marked, log: read.log };
  const phase = transition(marked, event);
  if (phase === null) return { release: marked, log: read.log };
  const next = { ...marked, phase, waiting: null };
  return { release: next, log: [...read.log, tell(next, event, nowMs)] };
}

/** Stable's backend serves the new revision: both sides are the same now, and the weight can go to 0. */
function handOver(release: Release, workload: WorkloadState | null): Release {
  const { phase, revision, weight } = release;
  if (phase.phase !== 'promoting' || weight.desired === 0 || workload?.serving.stable !== revision) return release;
  return { ...release, weight: { ...weight, desired: 0 } };
}

/**
 * No new request reaches the revision any more; after a promotion that takes stable's backend, too. A process that does not answer,
 * and may still send some, is waited for until it is paged: then the others go on to drain.
 */
function markZero(release: Release, { nowMs, route, workload }: Omit<Observation, 'epoch'>): Release {
  const { phase, revision } = release;
  if (phase.phase !== 'rollingBack' || phase.zeroAtMs !== null || route?.canary !== 0) return release;
  if (!missingServeNobody(route) && phase.spentMs < zeroWithinMs) return release;
  if (phase.undo && (workload === null || workload.serving.stable === revision)) return release;
  return { ...release, phase: { ...phase, zeroAtMs: nowMs } };
}

/** Nothing that users asked of the revision is open any more, or nothing can reach it. */
function markEmpty(release: Release, { nowMs, route, workload }: Omit<Observation, 'epoch'>): Release {
  const { phase, revision } = release;
  if (phase.phase !== 'rollingBack' || route === null) return release;
  const served = workload === null || workload.serving.canary === revision;
  const isEmpty = isDrained(release, route) && (!served || (route.canaryInFlight ?? 0) === 0);
  const emptyAtMs = isEmpty ? (phase.emptyAtMs ?? nowMs) : null;
  return emptyAtMs === phase.emptyAtMs ? release : { ...release, phase: { ...phase, emptyAtMs } };
}

function tell(release: Release, event: Event, atMs: number): LogEntry {
  const { message, reason } = sentence(release, event);
  const { applied, observedPercent, observedRequests } = release.weight;
  return { atMs, kind: 'event', reason, message, data: { applied, observedPercent, observedRequests } };
}

const nounOf = { requests: 'requests', newConnections: 'new sessions' } as const;

function sentence(
  { mode, phase, revision, stableRevision, supersededBy, weight }: Release,
  event: Event,
): { readonly reason: string; readonly message: string } {
  const back = stableRevision ?? 'nothing';
  switch (event.kind) {
    case 'verified':
      return event.verified.by === 'requests' || event.verified.by === 'newConnections'
        ? {
            reason: 'WeightVerified',
            message: `${weight.observedPercent?.toFixed(1) ?? '?'} % of ${weight.observedRequests} ${nounOf[event.verified.by]} reached the canary: the weight is verified, the bake begins`,
          }
        : {
            reason: 'WeightUnverified',
            message: `weight ${weight.applied ?? 0} % was read back (${event.verified.by}), not counted: ${weight.observedRequests} requests; the bake begins`,
          };
    case 'promoted':
      return { reason: 'Promoted', message: `${revision} is stable; ${back} is kept for the watch` };
    case 'watched':
      return {
        reason: 'Succeeded',
        message:
          supersededBy === null
            ? `the watch is over: ${revision} stays`
            : `the watch ends early, since ${supersededBy} is asked for: ${revision} stays, and no breach takes it back any more`,
      };
    case 'emptied':
      if (mode === 'observe') return { reason: 'RolledBack', message: `the observation of ${revision} is over` };
      return { reason: 'RolledBack', message: `no request reaches ${revision} any more, ${back} serves everything` };
    case 'withdrawn':
      return { reason: 'Failed', message: `${revision} is withdrawn: ${'cause' in phase ? phase.cause.message : ''}` };
    default:
      return { reason: 'PhaseChanged', message: phase.phase };
  }
}
