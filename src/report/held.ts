/** How long a release stood still for another reason than its own plan, as its decision log tells. */
import type { LogEntry } from '../release/log.ts';

/** Holds that belong to every release: its instances start, its weight is seen, its bake and its watch last. */
const planned: ReadonlySet<string> = new Set([
  'StartingInstances',
  'WeightNotApplied',
  'VerifyingShare',
  'StillBaking',
  'Promoting',
  'Watching',
  'RollingBack',
  'Finished',
  'Observing',
]);

/** Milliseconds; a hold lasts until the next decision, or until `endMs`. */
export function heldMs(log: readonly LogEntry[], endMs: number): number {
  const decisions = log.filter(({ data }) => typeof data['decision'] === 'string');
  return decisions.reduce((sum, { atMs, data, reason }, at) => {
    if (data['decision'] !== 'hold' || planned.has(reason)) return sum;
    return sum + Math.max(0, (decisions[at + 1]?.atMs ?? endMs) - atMs);
  }, 0);
}
