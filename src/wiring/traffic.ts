/** How much traffic a service has, and how much of it fails, read twice from its metrics before a release starts. */
import { setTimeout as delay } from 'node:timers/promises';
import { armsFor } from '../metrics/matching.ts';
import { readRequest } from '../metrics/measure.ts';
import type { Answer } from '../metrics/metric-source.ts';
import { growthPerSecond } from '../metrics/rate.ts';
import type { Series } from '../metrics/series.ts';
import { armsOf } from '../reconcile/arms.ts';
import type { Ports } from '../reconcile/ports.ts';
import type { RuleSet } from '../rules/rule.ts';
import type { Traffic } from '../verdict/planning.ts';

/** Slow sources show several samples in one answer; fast ones get the time for a second. */
const leastGapMs = 1_000;
const mostGapMs = 3_000;

export type TrafficPorts = Pick<Ports, 'source' | 'workload' | 'labels'>;

/** By the rules' own error ratio; null: it cannot be told, for want of such a rule or of an answer. */
export async function trafficNow(
  { source, workload, labels }: TrafficPorts,
  rules: RuleSet,
  stable: string,
): Promise<Traffic | null> {
  const sli = rules.rules.map((rule) => rule.sli).find(({ kind }) => kind === 'ratio');
  const seen = await workload.observe();
  if (sli?.kind !== 'ratio' || !seen.ok) return null;
  const arms = armsOf(labels, seen.value, { canary: stable, stable: null });
  const request = readRequest(rules.rules, arms, Math.max(10_000, 4 * source.intervalMs));
  const first = await source.read(request);
  await delay(Math.min(mostGapMs, Math.max(leastGapMs, 2 * source.intervalMs)));
  const series = [...seriesIn(first), ...seriesIn(await source.read(request))];
  const perSecond = growthPerSecond(series, sli.total, armsFor(arms, sli.total.metric).canary);
  if (perSecond === null) return null;
  const bad = growthPerSecond(series, sli.bad, armsFor(arms, sli.bad.metric).canary) ?? 0;
  return { perSecond, stableRatio: perSecond === 0 ? 0 : bad / perSecond };
}

const seriesIn = (answer: Answer): readonly Series[] => (answer.kind === 'series' ? answer.series : []);
