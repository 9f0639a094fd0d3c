/** Why a change of the split may not be made: ordered named checks over the route, the first objection decides. */
import type { Backend } from './deck.ts';
import { isReady, type Route, type Target, versionOf } from './route.ts';
import type { WeightWrite, WriteFailure, WriteProblem } from './router.ts';

export interface Pointing extends Target {
  readonly backend: Backend;
  readonly epoch: number;
}

type Check<Change> = (route: Route, change: Change) => WriteProblem | null;

const problem = (reason: WriteFailure, message: string): WriteProblem => ({ reason, message });

/** A controller with a higher epoch has written: this one is out of office. */
export function fenced(route: Route, epoch: number): WriteProblem | null {
  if (epoch >= route.epoch) return null;
  return problem('Fenced', `epoch ${epoch} is over, epoch ${route.epoch} owns the split: stop writing`);
}

const malformed: Check<WeightWrite> = (route, { canary, latch }) => {
  if (!Number.isInteger(canary) || canary < 0 || canary > 100) {
    return problem('Refused', `canary weight ${canary} is no integer from 0 to 100`);
  }
  if (latch && canary > route.canary)
    return problem('Refused', `the latch goes with a decrease, not from ${route.canary} to ${canary}`);
  return null;
};

const latchedRaise: Check<WeightWrite> = (route, { canary, release }) => {
  if (canary <= route.canary || !route.latched.includes(release)) return null;
  return problem('Refused', `release ${release} was taken back and is never raised again: retry as a new release`);
};

const staleRaise: Check<WeightWrite> = (route, { canary, ifVersion }) => {
  if (canary <= route.canary || ifVersion === versionOf(route)) return null;
  const quoted = ifVersion === null ? 'no version' : `version ${ifVersion}`;
  return problem(
    'Conflict',
    `a raise from ${route.canary} to ${canary} quoted ${quoted}, the split is at ${versionOf(route)}: read it again`,
  );
};

/** A decrease is absolute, but one that quotes a version means it. */
const staleDecrease: Check<WeightWrite> = (route, { canary, ifVersion }) => {
  if (canary > route.canary || ifVersion === null || ifVersion === versionOf(route)) return null;
  return problem(
    'Conflict',
    `the write quoted version ${ifVersion}, the split is at ${versionOf(route)}: read it again`,
  );
};

/**
 * Another release may take over an idle split only, and a late decrease of an old release lowers no newer one. Taking it to 0 on its
 * present version is not late: so is put back what somebody raised while no release ran.
 */
const anothersTraffic: Check<WeightWrite> = (route, { canary, ifVersion, release }) => {
  if (route.canary === 0 || route.release === release) return null;
  if (canary === 0 && ifVersion === versionOf(route)) return null;
  return problem(
    'Conflict',
    `the split carries ${route.canary} % for release ${route.release}, not for ${release}: take that to 0 first`,
  );
};

const trafficToNothing: Check<WeightWrite> = (route, { canary }) => {
  if (canary === route.canary) return null;
  if (canary > 0 && !isReady(route.targets.canary))
    return problem('Refused', `canary has no endpoints, it can't get ${canary} %`);
  if (canary < 100 && !isReady(route.targets.stable))
    return problem('Refused', `stable has no endpoints, it can't get ${100 - canary} %`);
  return null;
};

const writeChecks: readonly Check<WeightWrite>[] = [
  (route, { epoch }) => fenced(route, epoch),
  malformed,
  latchedRaise,
  anothersTraffic,
  staleRaise,
  staleDecrease,
  trafficToNothing,
];

const shareOf = (route: Route, backend: Backend): number => (backend === 'canary' ? route.canary : 100 - route.canary);

const strayEndpoints: Check<Pointing> = (_route, { backend, revision, endpoints }) =>
  revision === null && endpoints.length > 0
    ? problem('Refused', `endpoints for ${backend} without the revision they run`)
    : null;

const emptied: Check<Pointing> = (route, { backend, endpoints }) => {
  const share = shareOf(route, backend);
  if (endpoints.length > 0 || share === 0 || !isReady(route.targets[backend])) return null;
  return problem(
    'Refused',
    `${backend} gets ${share} % of the traffic and can't be left without endpoints: take its weight away first`,
  );
};

const swappedCanary: Check<Pointing> = (route, { backend, revision }) => {
  const present = route.targets.canary.revision;
  if (backend === 'stable' || route.canary === 0 || revision === present) return null;
  return problem(
    'Refused',
    `canary gets ${route.canary} % as revision ${present}: take it to 0 before it becomes ${revision}`,
  );
};

const pointChecks: readonly Check<Pointing>[] = [
  (route, { epoch }) => fenced(route, epoch),
  strayEndpoints,
  emptied,
  swappedCanary,
];

const firstOf = <Change>(checks: readonly Check<Change>[], route: Route, change: Change): WriteProblem | null => {
  for (const check of checks) {
    const objection = check(route, change);
    if (objection !== null) return objection;
  }
  return null;
};

export const objectionToWrite = (route: Route, write: WeightWrite): WriteProblem | null =>
  firstOf(writeChecks, route, write);

export const objectionToPoint = (route: Route, change: Pointing): WriteProblem | null =>
  firstOf(pointChecks, route, change);

/** Streams are ended only on a canary that gets no new ones. */
export function objectionToDrain(route: Route, epoch: number): WriteProblem | null {
  const objection = fenced(route, epoch);
  if (objection !== null || route.canary === 0) return objection;
  return problem('Refused', `canary still gets ${route.canary} %: take it to 0 before its streams are ended`);
}
