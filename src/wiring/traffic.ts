/** How much traffic a service has, and how much of it fails, read twice from its metrics before a release starts. */
import { setTimeout as delay } from 'node:timers/promises';
import { type Unmeasured, unmeasured } from '../gate/unmeasured.ts';
import { armsFor } from '../metrics/matching.ts';
import { readRequest } from '../metrics/measure.ts';
import type { Answer } from '../metrics/metric-source.ts';
import { growthPerSecond } from '../metrics/rate.ts';
import type { Arms, Series } from '../metrics/series.ts';
import { armsOf } from '../reconcile/arms.ts';
import type { Ports } from '../reconcile/ports.ts';
import type { Rule, RuleSet } from '../rules/rule.ts';
import type { Traffic } from '../verdict/planning.ts';

/** Slow sources show several samples in one answer; fast ones get the time for a second. */
const leastGapMs = 1_000;
const mostGapMs = 3_000;

export type TrafficPorts = Pick<Ports, 'source' | 'workload' | 'labels' | 'own'>;

/** A whole service's traffic, and that of each route that has a rule of its own. */
export interface ServiceTraffic extends Traffic {
  readonly ofRoute: Readonly<Record<string, Traffic>>;
}

/** By the rules' own error ratio; null: it cannot be told, for want of such a rule or of an answer. */
export async function trafficNow(
  { source, workload, labels, own = [] }: TrafficPorts,
  rules: RuleSet,
  stable: string,
): Promise<ServiceTraffic | null> {
  const counting = rules.rules.filter(({ sli }) => sli.kind === 'ratio');
  const whole = counting.find(({ route }) => route === null) ?? counting[0];
  const seen = await workload.observe();
  if (whole === undefined || !seen.ok) return null;
  const arms = armsOf(labels, seen.value, { canary: stable, stable: null, own });
  const request = readRequest(rules.rules, arms, lookbackMs(source.intervalMs));
  const first = await source.read(request);
  await delay(Math.min(mostGapMs, Math.max(leastGapMs, 2 * source.intervalMs)));
  const series = [...seriesIn(first), ...seriesIn(await source.read(request))];
  const traffic = trafficOf(whole, series, arms);
  if (traffic === null) return null;
  const ofRoute = counting.flatMap((rule) => {
    const own = rule.route === null ? null : (trafficOf(rule, series, arms) ?? { perSecond: 0, stableRatio: 0 });
    return rule.route === null || own === null ? [] : [[rule.route, own] as const];
  });
  return { ...traffic, ofRoute: Object.fromEntries(ofRoute) };
}

/** Rules that nothing measures for a revision that has requests; none while that can't be told. */
export async function unmeasuredNow(
  { source, workload, labels, own = [] }: TrafficPorts,
  { rules }: RuleSet,
  stable: string,
): Promise<readonly Unmeasured[]> {
  const seen = await workload.observe();
  if (!seen.ok) return [];
  const arms = armsOf(labels, seen.value, { canary: stable, stable: null, own });
  return unmeasured(rules, await source.read(readRequest(rules, arms, lookbackMs(source.intervalMs))), arms);
}

const lookbackMs = (intervalMs: number): number => Math.max(10_000, 4 * intervalMs);

const trafficOf = ({ sli }: Rule, series: readonly Series[], arms: Arms): Traffic | null => {
  if (sli.kind !== 'ratio') return null;
  const perSecond = growthPerSecond(series, sli.total, armsFor(arms, sli.total.metric).canary);
  if (perSecond === null) return null;
  const bad = growthPerSecond(series, sli.bad, armsFor(arms, sli.bad.metric).canary) ?? 0;
  return { perSecond, stableRatio: perSecond === 0 ? 0 : bad / perSecond };
};

const seriesIn = (answer: Answer): readonly Series[] => (answer.kind === 'series' ? answer.series : []);
