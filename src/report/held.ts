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

export const isPlannedHold = (reason: string): boolean => planned.has(reason);

export interface Held {
  readonly reason: string;
  readonly rule: string | null;
  readonly lastedMs: number;
}

/** A hold lasts until the next decision, or until `endMs`. */
const holds = (log: readonly LogEntry[], endMs: number): readonly Held[] => {
  const decisions = log.filter(({ data }) => typeof data['decision'] === 'string');
  return decisions.flatMap(({ atMs, data, reason }, at) => {
    if (data['decision'] !== 'hold' || isPlannedHold(reason)) return [];
    const rule = typeof data['rule'] === 'string' ? data['rule'] : null;
    return [{ reason, rule, lastedMs: Math.max(0, (decisions[at + 1]?.atMs ?? endMs) - atMs) }];
  });
};

/** Milliseconds of all of them. */
export const heldMs = (log: readonly LogEntry[], endMs: number): number =>
  holds(log, endMs).reduce((sum, { lastedMs }) => sum + lastedMs, 0);

/** Those of one reason and rule together, the longest first; shorter than half a second: nobody's concern. */
export function heldByReason(log: readonly LogEntry[], endMs: number): readonly Held[] {
  const alike = Map.groupBy(holds(log, endMs), ({ reason, rule }) => `${reason} ${rule ?? ''}`);
  return [...alike.values()]
    .flatMap(([first, ...others]) =>
      first === undefined
        ? []
        : [{ ...first, lastedMs: others.reduce((sum, each) => sum + each.lastedMs, first.lastedMs) }],
    )
    .filter(({ lastedMs }) => lastedMs >= 500)
    .toSorted((a, b) => b.lastedMs - a.lastedMs);
}
