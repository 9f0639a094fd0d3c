/** All requests of a service now, and as many days ago as the rule says: what to ask for, and what the answer comes to. */
import type { Rule } from '../rules/rule.ts';
import { armOf, armsFor } from './matching.ts';
import type { TotalWanted } from './metric-source.ts';
import type { Reading, WhyNothing } from './reading.ts';
import type { Arms, Series } from './series.ts';
import { type TargetView, whyNotLive } from './target-view.ts';

type Side = 'now' | 'then';

export const totalId = ({ name }: Rule, side: Side): string => `${name}:${side}`;

export const totalsOf = (rule: Rule, arms: Arms): readonly TotalWanted[] => {
  const { sli, windowMs } = rule;
  if (sli.kind !== 'volume' || sli.agoMs === undefined) return [];
  const labels = armsFor(arms, sli.total.metric).lasting ?? {};
  const total = { selector: sli.total, labels, windowMs };
  return [
    { ...total, id: totalId(rule, 'now'), agoMs: 0 },
    { ...total, id: totalId(rule, 'then'), agoMs: sli.agoMs },
  ];
};

export interface PastLook {
  readonly rule: Rule;
  readonly series: readonly Series[];
  readonly arms: Arms;
  readonly views: ReadonlyMap<string, TargetView>;
  readonly nowMs: number;
}

export function readPastVolume(look: PastLook): Reading {
  const { rule, nowMs } = look;
  const nothing = (why: WhyNothing): Reading => ({ kind: 'nothing', atMs: nowMs, ...why });
  const silent = silentTarget(look);
  // What it counted since is missing in the total, which would look like lost traffic.
  if (silent !== null) return nothing({ reason: 'Stale', message: `the total is not known: ${silent}` });
  const [now, then] = [valueOf(look, 'now'), valueOf(look, 'then')];
  if (now === null)
    return nothing({ reason: 'NoSeries', message: `nothing counts the requests of ${rule.name} over its window` });
  if (!Number.isFinite(now) || (then !== null && !Number.isFinite(then)))
    return nothing({ reason: 'NotFinite', message: `a total of ${rule.name} is no number` });
  return { kind: 'volume', atMs: nowMs, now, then };
}

const valueOf = ({ rule, series }: PastLook, side: Side): number | null =>
  series.find(({ metric }) => metric === totalId(rule, side))?.samples.at(-1)?.value ?? null;

function silentTarget({ arms, views, nowMs }: PastLook): string | null {
  for (const view of views.values()) {
    const isOurs = view.up.length > 0 && armOf(arms, { metric: 'up', labels: view.added, samples: view.up }) !== null;
    const why = isOurs ? whyNotLive(view, view.intervalMs, nowMs) : null;
    if (why !== null) return `${view.name} ${why}`;
  }
  return null;
}
