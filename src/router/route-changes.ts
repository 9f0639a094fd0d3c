/** The conditional changes of a route: one rule book for the proxy and for memory. */
import { failed, ok, type Result } from '../lib/result.ts';
import { objectionToPoint, type Pointing } from './objections.ts';
import { isReady, type Route, type Target, versionOf } from './route.ts';
import type { SwitchedOff, WeightWrite, WriteProblem } from './router.ts';
import { fenced, objectionToWrite, type SplitSeen } from './write-objections.ts';

/** More than a service rolls back while anything still remembers the first of them. */
const latchesKept = 200;

/** One conditional write of the weights: `Fenced`, `Conflict` or `Refused` as the port says. */
export function written(route: Route, write: WeightWrite): Result<Route, WriteProblem> {
  const objection = objectionToWrite(splitOf(route), write);
  if (objection !== null) return failed(objection);
  const { switchedOff: _before, ...kept } = route;
  return ok({
    ...kept,
    canary: write.canary,
    serial: route.serial + 1,
    epoch: write.epoch,
    release: write.release,
    latched: write.latch ? latchedToo(route.latched, write.release) : route.latched,
  });
}

/** The dead man's switch: everything to stable, and a record of it. Refused where stable has nobody to answer. */
export function switchedOff(
  route: Route,
  { atMs, silentMs }: Pick<SwitchedOff, 'atMs' | 'silentMs'>,
): Result<Route, WriteProblem> {
  const { canary: from, release } = route;
  if (from === 0) return ok(route);
  if (!isReady(route.targets.stable))
    return failed({ reason: 'Refused', message: `stable has no endpoints, the canary keeps its ${from} %` });
  return ok({ ...route, canary: 0, serial: route.serial + 1, switchedOff: { atMs, from, release, silentMs } });
}

/** Points a backend at endpoints; nothing changes, and no version, when it points there already. */
export function pointed(route: Route, change: Pointing): Result<Route, WriteProblem> {
  const objection = objectionToPoint(route, change);
  if (objection !== null) return failed(objection);
  const { backend, revision, endpoints, epoch } = change;
  if (sameTarget(route.targets[backend], change)) return ok(epoch === route.epoch ? route : { ...route, epoch });
  return ok({
    ...route,
    epoch,
    serial: route.serial + 1,
    targets: { ...route.targets, [backend]: { revision, endpoints } },
  });
}

/** A new version and the epoch, and nothing else: whatever quotes the old version can't land any more. */
export function restamped(route: Route, epoch: number): Result<Route, WriteProblem> {
  const objection = fenced(route, epoch);
  return objection === null ? ok({ ...route, epoch, serial: route.serial + 1 }) : failed(objection);
}

const splitOf = (route: Route): SplitSeen => ({
  ...route,
  version: versionOf(route),
  canaryReady: isReady(route.targets.canary),
  stableReady: isReady(route.targets.stable),
});

function latchedToo(latched: readonly string[], release: string): readonly string[] {
  return [...latched.filter((other) => other !== release), release].slice(-latchesKept);
}

function sameTarget(a: Target, b: Target): boolean {
  return (
    a.revision === b.revision &&
    a.endpoints.length === b.endpoints.length &&
    a.endpoints.every((endpoint, index) => endpoint === b.endpoints[index])
  );
}
