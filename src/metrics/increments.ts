/** What each target counted of one arm for a rule, by the times of its samples: what is bad and what is all of one scrape. */
import type { Part, Parts } from './counted.ts';
import type { Increment } from './counter-memory.ts';
import type { TargetFold } from './counters.ts';
import type { Arm } from './matching.ts';
import { targetOf } from './series-key.ts';

export interface IncrementsLook {
  readonly parts: Parts;
  readonly folds: ReadonlyMap<string, TargetFold>;
  /** First traffic of the release: the canary's samples before it do not count. null: none yet. */
  readonly notBeforeMs: number | null;
}

interface Sum {
  readonly target: string;
  readonly toMs: number;
  fromMs: number;
  events: number;
  bad: number;
  slower: (number | null)[] | undefined;
}

export function incrementsOf({ parts, folds, notBeforeMs }: IncrementsLook, arm: Arm): readonly Increment[] {
  const beginsMs = arm === 'stable' ? Number.NEGATIVE_INFINITY : (notBeforeMs ?? Number.POSITIVE_INFINITY);
  const sums: Sum[] = [];
  for (const [each, part] of parts.of) {
    if (part.arm !== arm) continue;
    const target = targetOf(each.labels);
    for (const { fromMs, toMs, amount } of folds.get(target)?.series.get(each)?.increments ?? []) {
      if (toMs <= beginsMs) continue;
      let sum = sums.find((known) => known.toMs === toMs && known.target === target);
      if (sum === undefined) {
        sum = { target, fromMs, toMs, events: 0, bad: 0, slower: part.slower?.map(() => 0) };
        sums.push(sum);
      }
      addTo(sum, part, { fromMs, amount });
    }
  }
  return sums.map(({ slower, ...sum }) => (slower === undefined ? sum : { ...sum, slower }));
}

function addTo(sum: Sum, { worth, slower }: Part, { fromMs, amount }: { fromMs: number; amount: number }): void {
  sum.fromMs = Math.max(sum.fromMs, fromMs);
  sum.events += amount * worth.events;
  sum.bad += amount * worth.bad;
  slower?.forEach((each, at) => {
    const before = sum.slower?.[at] ?? null;
    if (sum.slower !== undefined) sum.slower[at] = each === null || before === null ? null : before + amount * each;
  });
}
