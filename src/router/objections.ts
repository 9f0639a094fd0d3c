/** Why a backend may not be pointed elsewhere: ordered named checks over the route, the first objection decides. */
import type { Backend } from './deck.ts';
import { isReady, type Route, type Target } from './route.ts';
import type { WriteFailure, WriteProblem } from './router.ts';
import { fenced } from './write-objections.ts';

export interface Pointing extends Target {
  readonly backend: Backend;
  readonly epoch: number;
}

type PointCheck = (route: Route, change: Pointing) => WriteProblem | null;

const problem = (reason: WriteFailure, message: string): WriteProblem => ({ reason, message });

const shareOf = (route: Route, backend: Backend): number => (backend === 'canary' ? route.canary : 100 - route.canary);

const strayEndpoints: PointCheck = (_route, { backend, revision, endpoints }) =>
  revision === null && endpoints.length > 0
    ? problem('Refused', `endpoints for ${backend} without the revision they run`)
    : null;

const emptied: PointCheck = (route, { backend, endpoints }) => {
  const share = shareOf(route, backend);
  if (endpoints.length > 0 || share === 0 || !isReady(route.targets[backend])) return null;
  return problem(
    'Refused',
    `${backend} gets ${share} % of the traffic and can't be left without endpoints: take its weight away first`,
  );
};

const swappedCanary: PointCheck = (route, { backend, revision }) => {
  const present = route.targets.canary.revision;
  if (backend === 'stable' || route.canary === 0 || revision === present) return null;
  return problem(
    'Refused',
    `canary gets ${route.canary} % as revision ${present}: take it to 0 before it becomes ${revision}`,
  );
};

const pointChecks: readonly PointCheck[] = [
  (route, { epoch }) => fenced(route, epoch),
  strayEndpoints,
  emptied,
  swappedCanary,
];

export function objectionToPoint(route: Route, change: Pointing): WriteProblem | null {
  for (const check of pointChecks) {
    const objection = check(route, change);
    if (objection !== null) return objection;
  }
  return null;
}
