/** Response times of a release as far as the histogram tells: between which of its bounds the quantile of the rule lies. */
import type { Journalled } from '../release/journal.ts';
import type { JournalSpan } from '../release/journal-span.ts';
import type { Release } from '../release/release.ts';
import type { Rule } from '../rules/rule.ts';
import type { Between } from './between-text.ts';

export interface ResponseTime {
  readonly rule: string;
  /** 0.95 of a p95. */
  readonly quantile: number;
  readonly targetSeconds: number;
  readonly canary: Between | null;
  readonly stable: Between | null;
  /** Share of the requests slower than the target, over the whole release. */
  readonly slow: { readonly canary: number | null; readonly stable: number | null };
  /** Of the canary, that were counted. */
  readonly requests: number;
}

type Latency = Extract<Rule['sli'], { readonly kind: 'latency' }>;

interface Looked {
  readonly release: Pick<Release, 'rules' | 'verdicts'>;
  readonly journal: Pick<Journalled, 'spans'>;
}

/** By the first rule that judges response times of all routes; null: none does. */
export const responseTimeOf = ({ journal, release }: Looked): ResponseTime | null => {
  const rule = release.rules.rules.find(({ route, sli }) => sli.kind === 'latency' && route === null);
  if (rule === undefined || rule.sli.kind !== 'latency') return null;
  const { sli } = rule;
  const shown = release.verdicts.find((verdict) => verdict.rule === rule.name)?.canary ?? null;
  const counts = total(rule.name, sli, journal.spans);
  const requests = counts.events.canary;
  const arm = (side: Side): Between | null => between(sli, counts, side);
  return {
    rule: rule.name,
    quantile: sli.quantile,
    targetSeconds: sli.bound / sli.unitsPerSecond,
    canary: arm('canary'),
    stable: arm('stable'),
    slow: { canary: slowShare(counts, sli, 'canary') ?? shown, stable: slowShare(counts, sli, 'stable') },
    requests,
  };
};

type Side = 'canary' | 'stable';

interface Totals {
  readonly events: Record<Side, number>;
  /** By bound in the histogram's own unit: how many were slower. */
  readonly slower: Map<number, Record<Side, number>>;
}

/** A bound that some looks did not compare is left out: it would not have seen all requests. The limit's own is in each. */
function total(name: string, sli: Latency, spans: readonly JournalSpan[]): Totals {
  const events = { canary: 0, stable: 0 };
  const slower = new Map<number, Record<Side, number>>();
  const seen = new Map<number, number>();
  let looks = 0;
  for (const { read } of spans) {
    const brief = read[name];
    if (brief === undefined || !('t' in brief) || brief.canary[2] + brief.stable[2] === 0) continue;
    looks += 1;
    events.canary += brief.canary[2];
    events.stable += brief.stable[2];
    const limit = [sli.bound, brief.canary[3], brief.stable[3]] as const;
    const others = (brief.slower ?? []).filter(([bound]) => bound !== sli.bound);
    for (const [bound, canary, stable] of [limit, ...others]) {
      const sum = slower.get(bound) ?? { canary: 0, stable: 0 };
      slower.set(bound, { canary: sum.canary + canary, stable: sum.stable + stable });
      seen.set(bound, (seen.get(bound) ?? 0) + 1);
    }
  }
  for (const [bound, times] of seen) if (times < looks) slower.delete(bound);
  return { events, slower };
}

function between(sli: Latency, { events, slower }: Totals, side: Side): Between | null {
  const all = events[side];
  if (all === 0 || slower.size === 0) return null;
  const allowed = (1 - sli.quantile) * all;
  const bounds = [...slower.keys()].toSorted((a, b) => a - b);
  const slowerThan = (bound: number): number => slower.get(bound)?.[side] ?? 0;
  const seconds = (bound: number | undefined): number | null =>
    bound === undefined ? null : bound / sli.unitsPerSecond;
  return {
    aboveSeconds: seconds(bounds.findLast((bound) => slowerThan(bound) > allowed)),
    atMostSeconds: seconds(bounds.find((bound) => slowerThan(bound) <= allowed)),
  };
}

const slowShare = ({ events, slower }: Totals, { bound }: Latency, side: Side): number | null => {
  const bad = slower.get(bound)?.[side];
  return bad === undefined || events[side] === 0 ? null : bad / events[side];
};
