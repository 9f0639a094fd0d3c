/** What the metrics remember of stable, read before a release starts: bounded in time, so that no start waits for it long. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Lookback } from '../gate/known.ts';
import { isSpread } from '../gate/known.ts';
import type { Clock } from '../lib/clock.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import type { HistorySource } from '../metrics/history.ts';
import { armExists, armsFor } from '../metrics/matching.ts';
import { ruleHistory } from '../metrics/rule-history.ts';
import type { ArmMatch, Arms } from '../metrics/series.ts';
import { countersOf } from '../metrics/wanted-series.ts';
import { armsOf } from '../reconcile/arms.ts';
import type { Release } from '../release/release.ts';
import type { PolicyState, Store } from '../release/store.ts';
import type { ArmLabels, OwnLabels } from '../rules/arm-labels.ts';
import type { Rule, RuleSet } from '../rules/rule.ts';
import { probeSpacing } from '../tuning/past/spacing.ts';
import type { History, Stretch } from '../verdict/dispersion.ts';
import type { Workload, WorkloadState } from '../workload/workload.ts';

/** A week has every day and every hour in it. */
const lookbackMs = 7 * 86_400_000;
const leastStepMs = 15_000;

/** A start waits for history no longer than this. */
const historyWithinMs = 8_000;

export interface HistoryPorts {
  /** null: the source remembers nothing, as a scrape. */
  readonly history: HistorySource | null;
  readonly intervalMs: number;
  readonly labels: ArmLabels;
  readonly own?: readonly OwnLabels[];
  readonly workload: Pick<Workload, 'observe'>;
  readonly store: Pick<Store, 'releases'>;
  readonly clock: Pick<Clock, 'wallMs'>;
  readonly withinMs?: number;
}

type Histories = Lookback['histories'];

export async function stableHistory(ports: HistoryPorts, { rules }: RuleSet, state: PolicyState): Promise<Histories> {
  const wanted = rules.filter((rule) => isSpread(rule));
  const { history, workload } = ports;
  if (history === null) return all(wanted, failed('the metric source has no history'));
  const seen = await workload.observe();
  if (!seen.ok) return all(wanted, failed(seen.error.message));
  const incidents = await incidentsOf(ports, state.policy);
  const arms = stableArms(ports, seen.value, Object.keys(state.revisions));
  const found = await Promise.all(
    wanted.map(async (rule) => [rule.name, await historyOf(rule, { ...ports, history, arms, incidents })] as const),
  );
  return Object.fromEntries(found);
}

const all = (rules: readonly Rule[], answer: Result<never, string>): Histories =>
  Object.fromEntries(rules.map(({ name }) => [name, answer]));

/** Under every name that stable has had: most services are released more often than once a week. */
function stableArms(
  { labels, own = [] }: Pick<HistoryPorts, 'labels' | 'own'>,
  workload: WorkloadState,
  revisions: readonly string[],
): Arms {
  // Nobody is the canary here: no series of one is meant.
  const each = revisions.map((stable) => armsOf(labels, workload, { canary: '', stable, own }));
  const joined = (pick: (arms: Arms) => ArmMatch): ArmMatch =>
    Object.fromEntries(
      Object.keys(each[0] === undefined ? {} : pick(each[0])).map((label) => [
        label,
        [...new Set(each.flatMap((arms) => pick(arms)[label] ?? []))],
      ]),
    );
  // A load balancer's servers are stable's whatever its revision is called.
  const servers = each[0]?.own?.filter(({ prefix }) => own.some((its) => its.prefix === prefix)) ?? [];
  return { canary: {}, stable: joined(({ stable }) => stable), ...(servers.length > 0 && { own: servers }) };
}

interface Question extends HistoryPorts {
  readonly history: HistorySource;
  readonly arms: Arms;
  readonly incidents: readonly Stretch[];
}

/** Metrics that Sluice itself produces come from other sources than the one that remembers. */
const isOwn = ({ sli }: Rule): boolean => countersOf(sli).some(({ metric }) => metric.startsWith('sluice_'));

async function historyOf(rule: Rule, question: Question): Promise<Result<History, string>> {
  const { arms, withinMs = historyWithinMs } = question;
  if (isOwn(rule)) return failed('metrics of Sluice itself have no history');
  if (!countersOf(rule.sli).every(({ metric }) => armExists(armsFor(arms, metric).stable)))
    return failed('stable has no instance to look for');
  return inTime(counted(rule, { ...question, withinMs }), withinMs);
}

async function counted(
  rule: Rule,
  { arms, clock, history, incidents, intervalMs: askedMs, withinMs }: Question & { readonly withinMs: number },
): Promise<Result<History, string>> {
  const labelsOf = (metric: string): ArmMatch => armsFor(arms, metric).stable;
  const nowMs = clock.wallMs();
  const [first] = countersOf(rule.sli);
  const select = labelsOf(first?.metric ?? '');
  // How often it is asked says nothing of how often the server scrapes.
  const spacing = await probeSpacing(first, { history, select, fromMs: nowMs - lookbackMs, toMs: nowMs, withinMs });
  if (!spacing.ok) return spacing;
  const intervalMs = Math.max(askedMs, spacing.value);
  const stepMs = Math.max(leastStepMs, intervalMs);
  const toMs = nowMs - (nowMs % stepMs);
  const span = { fromMs: toMs - lookbackMs, toMs, stepMs, intervalMs, labelsOf, withinMs };
  const bins = await ruleHistory(history, rule, span);
  return bins.ok ? ok({ bins: bins.value, stepMs, incidents }) : bins;
}

/** Whatever a source does, nobody waits longer. */
function inTime<T>(answer: Promise<Result<T, string>>, ms: number): Promise<Result<T, string>> {
  const ended = new AbortController();
  const late = delay(ms, failed(`its history was not read within ${ms / 1000} s`), { signal: ended.signal }).catch(() =>
    failed(''),
  );
  return Promise.race([answer.finally(() => ended.abort()), late]);
}

/** Recorded trouble: releases that were taken back, unless a person called that a false alarm. */
async function incidentsOf({ store }: HistoryPorts, policy: string): Promise<readonly Stretch[]> {
  const known = await store.releases({ policy });
  return known.ok ? known.value.flatMap(incidentIn) : [];
}

function incidentIn({ calledFalseAlarm, phase, startedAtMs }: Release): readonly Stretch[] {
  if (phase.phase !== 'rolledBack' || calledFalseAlarm !== null) return [];
  return [{ fromMs: startedAtMs, toMs: phase.endedAtMs }];
}
