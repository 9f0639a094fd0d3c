/** The traffic that `rules plan` reckons with: as it is told, or as a Prometheus remembers the last week. */
import { failed, ok, type Result } from '../lib/result.ts';
import type { HistorySource } from '../metrics/history.ts';
import type { LabelValues } from '../rules/promql.ts';
import type { Rule, RuleSet } from '../rules/rule.ts';
import { releasesAMonth, type SeenTraffic, seenTraffic } from '../tuning/plan/seen-traffic.ts';
import { measureOf } from '../verdict/measured-as.ts';
import type { Traffic } from '../verdict/planning.ts';

/** One level of traffic, and what each rule sees of it. */
export interface TrafficLevel {
  readonly name: string;
  readonly trafficOf: (rule: Rule) => Traffic | null;
}

export interface KnownTraffic {
  readonly levels: readonly TrafficLevel[];
  /** null: nothing was seen that tells. */
  readonly releasesAMonth: number | null;
  readonly remarks: readonly string[];
}

/** A service whose errors nobody knows is taken to run at half of each limit. */
const usualPart = 0.5;

const halfOfLimit = 'stable is taken to run at half of each limit; say better by --stable-errors';
const wholeAsRoute =
  'a rule of one route is planned as if all requests were of that route: give its own by --rate, or let --prometheus tell';

export function toldTraffic({ rules }: RuleSet, perSecond: number, stableRatio: number | null): KnownTraffic {
  const trafficOf = (rule: Rule): Traffic | null => {
    const measure = measureOf(rule);
    if (measure.kind !== 'fraction') return null;
    const ratio = rule.sli.kind === 'ratio' ? stableRatio : null;
    return { perSecond, stableRatio: ratio ?? measure.p0 * usualPart };
  };
  return {
    levels: [{ name: 'as given', trafficOf }],
    releasesAMonth: null,
    remarks: [
      ...(stableRatio === null ? [halfOfLimit] : []),
      ...(rules.some(({ route }) => route !== null) ? [wholeAsRoute] : []),
    ],
  };
}

export interface Remembered {
  readonly source: HistorySource;
  readonly labels: LabelValues;
  /** Label that names the version. */
  readonly versionLabel: string;
  readonly stableRatio: number | null;
  readonly nowMs: number;
  readonly show: (text: string) => void;
}

export async function rememberedTraffic(set: RuleSet, given: Remembered): Promise<Result<KnownTraffic, string>> {
  const seen = new Map<Rule, SeenTraffic>();
  for (const rule of set.rules) {
    given.show(`asking ${given.source.name} for a week of ${rule.name}`);
    const found = await seenTraffic(rule, given);
    if (!found.ok) return failed(found.error.message);
    if (found.value !== null) seen.set(rule, found.value);
  }
  if (seen.size === 0)
    return failed(`${given.source.name} has none of the rules' series in the last week; give the traffic by --rate`);
  given.show(`asking ${given.source.name} for the releases of a month`);
  const counted = [...seen.keys()].find(({ sli }) => sli.kind === 'ratio');
  const releases =
    counted?.sli.kind === 'ratio'
      ? await releasesAMonth(counted.sli.total, { ...given, label: given.versionLabel })
      : ok(null);
  const level = (name: string, at: 'releaseHour' | 'weeklyLow'): TrafficLevel => ({
    name,
    trafficOf: (rule) => {
      const own = seen.get(rule);
      if (own === undefined) return null;
      const told = rule.sli.kind === 'ratio' ? given.stableRatio : null;
      return { perSecond: own[at], stableRatio: told ?? own.ratio };
    },
  });
  return ok({
    levels: [level('release hour', 'releaseHour'), level('weekly low', 'weeklyLow')],
    releasesAMonth: releases.ok ? releases.value : null,
    remarks: shortHistory([...seen.values()]),
  });
}

const shortHistory = (all: readonly SeenTraffic[]): readonly string[] => {
  const least = Math.min(...all.map(({ seen }) => seen));
  const days = Math.max(0.1, Math.round(least * 70) / 10);
  return least > 0.9 ? [] : [`the history has ${days} of the last 7 days: the weekly low may be lower`];
};
