/** Gathers what the checks may know from what was just read. */
import { neededNow, readyOf, stateOf } from '../release/instances.ts';
import type { Release } from '../release/release.ts';
import { isWhole, type RouteState } from '../router/router.ts';
import type { WorkloadState } from '../workload/workload.ts';
import type { CheckFact, Facts, InstanceFacts } from './facts.ts';

export interface Gathering {
  readonly nowMs: number;
  readonly route: RouteState | null;
  /** Why the route could not be read; null: it was. */
  readonly routeProblem: string | null;
  readonly workload: WorkloadState | null;
  readonly checks: readonly CheckFact[];
  readonly missingApprovals: readonly string[];
}

/** `release`: with the reading folded in and judged. */
export function gather(
  release: Release,
  { nowMs, route, routeProblem, workload, checks, missingApprovals }: Gathering,
): Facts {
  return {
    nowMs,
    release,
    verdicts: release.verdicts,
    route: {
      fresh: route !== null && isWhole(route),
      applied: route?.canary ?? null,
      problem: routeProblem ?? missingWords(route),
      writer: route?.writer ?? null,
    },
    canary: workload === null ? unknown : instances(workload, release.revision, neededNow(release, workload)),
    stable: workload === null ? unknown : instances(workload, release.stableRevision, 1),
    checks,
    missingApprovals,
  };
}

const missingWords = (route: RouteState | null): string | null => {
  const missing = route?.missing ?? [];
  return missing.length === 0 ? null : missing.map(({ message }) => message).join('; ');
};

const unknown: InstanceFacts = {
  known: false,
  wanted: 0,
  ready: 0,
  enough: false,
  restarts: 0,
  trouble: '',
  failure: null,
  probes: 'gone',
};

function instances(workload: WorkloadState, revision: string | null, needed: number): InstanceFacts {
  const state = stateOf(workload, revision);
  const ready = readyOf(workload, revision);
  const running = state?.instances ?? [];
  return {
    known: true,
    wanted: needed,
    ready,
    enough: ready >= needed,
    restarts: running.reduce((sum, { restarts }) => sum + restarts, 0),
    trouble: running.find(({ state: now }) => now === 'exited')?.message ?? '',
    failure: state?.failure ?? null,
    probes: running.length === 0 ? 'gone' : ready > 0 ? 'pass' : 'fail',
  };
}
