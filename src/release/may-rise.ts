/** Whether a weight that was decided may still be raised now: the last look before a write that gives the canary more. */
import { isForward } from './phase.ts';
import type { Release } from './release.ts';

/** Holds that wait for the rise itself; with any other the rise waits, too. */
const aboutTheRise: ReadonlySet<string> = new Set([
  'StartingInstances',
  'InstanceFailed',
  'WeightNotApplied',
  'RouteUnknown',
]);

/** S1, S2: nothing latched, nobody pausing, ordering it back or taking over, and no objection of the gate but the rise itself. */
function mayRise(release: Release): boolean {
  const { latch, orders, pauses, supersededBy, waiting, weight } = release;
  if (latch !== null || orders.abort !== null || supersededBy !== null || !isForward(release)) return false;
  return pauses.length === 0 && weight.ceiling === null && (waiting === null || aboutTheRise.has(waiting.reason));
}

/**
 * What the router is to carry now, integer percent: never above what was decided. A rise only while it may; a weight that a
 * data plane lost is given back; over a latch nothing ever rises, not even what was there before.
 */
export function weightToWrite(release: Release, present: number): number {
  const { desired, reached, ceiling } = release.weight;
  if (release.latch !== null) return Math.min(desired, present);
  const allowed = isForward(release) && !mayRise(release) ? Math.min(desired, reached) : desired;
  return Math.min(allowed, ceiling ?? allowed);
}
