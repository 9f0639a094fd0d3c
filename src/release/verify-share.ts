/** Whether a step's weight can be seen in the traffic (S6): only then does its clock start. */
import type { RouteState } from '../router/router.ts';
import type { Plan } from './plan.ts';
import type { Release, Verification, WeightBook } from './release.ts';

const enoughRequests = 100;
const leastTolerance = 2;

/** Null: cannot be said yet. `route`: as just read, and already folded into the release. */
export function verifyShare(release: Release, route: RouteState): Verification | null {
  const { phase, plan, weight } = release;
  if (phase.phase !== 'shifting' || route.canary !== weight.desired) return null;
  if (plan.verify === 'off' || plan.verify === 'config') return uncounted(plan.verify);
  if (route.since === null) return uncounted('config');
  const counted = { observedPercent: weight.observedPercent, requests: weight.observedRequests };
  if (weight.observedRequests >= enoughRequests) return agrees(weight) ? { by: countedBy(plan), ...counted } : null;
  // Too little traffic to tell: the configuration that was read back counts, and the step says so.
  return phase.spentMs >= plan.verifyWithinMs ? { by: 'unverified', ...counted } : null;
}

/** Enough requests went by, and `verifyWithin` is over: something else splits the traffic. */
export function shareDisagrees({ phase, plan, weight }: Release): boolean {
  if (phase.phase !== 'shifting' || weight.applied !== weight.desired || phase.spentMs < plan.verifyWithinMs)
    return false;
  return weight.observedRequests >= enoughRequests && !agrees(weight);
}

/** Percentage points by which an observed share may differ: three sigma of that many draws, 2 at least. */
export function shareTolerance({ desired, observedRequests }: WeightBook): number {
  const share = desired / 100;
  return Math.max(leastTolerance, 300 * Math.sqrt((share * (1 - share)) / observedRequests));
}

const agrees = (weight: WeightBook): boolean =>
  weight.observedPercent !== null && Math.abs(weight.observedPercent - weight.desired) <= shareTolerance(weight);

/** What the router counts: requests, or sessions where users stay with their version. */
const countedBy = ({ verify }: Plan): 'requests' | 'newConnections' =>
  verify === 'newConnections' ? verify : 'requests';

const uncounted = (by: 'config' | 'off'): Verification => ({ by, observedPercent: null, requests: 0 });
