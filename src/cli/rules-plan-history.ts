/** What `rules plan` reckons with: traffic as told or remembered, and how bursty each rule's bad events were in the last week. */
import { knownOf, type Lookback } from '../gate/known.ts';
import { systemClock } from '../lib/clock.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import type { HistorySource } from '../metrics/history.ts';
import { prometheusHistory } from '../metrics/prometheus-history.ts';
import { selectorsOf } from '../metrics/wanted-series.ts';
import type { Known } from '../release/begin.ts';
import type { Plan } from '../release/plan.ts';
import type { Policy } from '../release/policy.ts';
import type { LabelValues } from '../rules/promql.ts';
import type { RuleSet } from '../rules/rule.ts';
import { totalOf } from '../tuning/backtest/find-all.ts';
import { lookForVersions, stepFor } from '../tuning/backtest/look-back.ts';
import { lookbackMs, pastHistory, takenBack } from '../tuning/past/past-history.ts';
import { probeSpacing } from '../tuning/past/spacing.ts';
import type { Stretch } from '../verdict/dispersion.ts';
import type { JudgeSettings } from '../verdict/settings.ts';
import { progressLine } from './progress-line.ts';
import { withinDeadline } from './rules-online.ts';
import { type KnownTraffic, rememberedTraffic, toldTraffic } from './rules-plan-traffic.ts';

export interface PlanSource {
  readonly policy: Policy | null;
  readonly prometheus: string | undefined;
  readonly caFile: string | undefined;
  readonly tokenFile: string | null;
  readonly timeoutMs: number;
}

const questionMs = 20_000;

/** null: nobody is to be asked. */
export function planSource({ policy, ...given }: PlanSource): Result<HistorySource, string> {
  const timeoutMs = Math.min(questionMs, given.timeoutMs);
  const { prometheus: url, tokenFile, caFile = null } = given;
  if (url !== undefined) return ok(prometheusHistory({ name: url, url, timeoutMs, tokenFile, caFile }));
  if (policy === null)
    return failed('a rule file has no Prometheus of its own: give --prometheus URL, or --rate 100/s');
  const name = policy.metrics.source;
  const spec = policy.sources[name];
  return spec?.kind === 'prometheus'
    ? ok(prometheusHistory({ name, ...spec, timeoutMs }))
    : failed(`source ${name} of the policy remembers nothing: give --prometheus URL, or --rate 100/s`);
}

export interface PlanAsked {
  readonly rules: RuleSet;
  readonly judge: JudgeSettings;
  readonly plan: Plan;
  /** Requests a second as told; null: as remembered. */
  readonly rate: number | null;
  readonly stableRatio: number | null;
  readonly labels: LabelValues;
  readonly versionLabel: string;
  readonly timeoutMs: number;
  readonly progress: 'on' | 'off';
}

export interface PlanHistory {
  readonly traffic: KnownTraffic;
  readonly known: Known;
}

type Asked = PlanAsked & {
  readonly source: HistorySource;
  readonly nowMs: number;
  readonly show: (doing: string) => void;
};

/** `source` null: nobody is asked. */
export async function planHistory(
  asked: PlanAsked,
  source: HistorySource | null,
): Promise<Result<PlanHistory, string>> {
  const told = asked.rate === null ? null : toldTraffic(asked.rules, asked.rate, asked.stableRatio);
  if (source === null)
    return told === null ? failed('no traffic is told') : ok({ traffic: told, known: knownFrom(asked, {}) });
  const line = progressLine(asked.progress);
  let doing = `asking ${source.name}`;
  const show = (next: string): void => line.show((doing = next));
  const work = remembered({ ...asked, source, nowMs: Date.now(), show }, told);
  const found = await withinDeadline(work, { timeoutMs: asked.timeoutMs, doing: () => doing });
  line.end();
  return found;
}

async function remembered(asked: Asked, told: KnownTraffic | null): Promise<Result<PlanHistory, string>> {
  const endMs = systemClock.monotonicMs() + asked.timeoutMs;
  const traffic = told === null ? await rememberedTraffic(asked.rules, asked) : ok(told);
  if (!traffic.ok) return traffic;
  // What is left of the time: without an answer the dispersion is an assumption, and the plan still stands.
  const histories = await pastOf(asked, () => Math.max(1, endMs - systemClock.monotonicMs() - 500));
  return ok({ traffic: traffic.value, known: knownFrom(asked, histories) });
}

const knownFrom = ({ rules: { rules }, judge }: PlanAsked, histories: Lookback['histories']): Known =>
  knownOf({ rules, judge, histories, step: null, traffic: null });

async function pastOf(asked: Asked, leftMs: () => number): Promise<Lookback['histories']> {
  const { labels, nowMs, rules, show, source } = asked;
  const span = { fromMs: nowMs - lookbackMs, toMs: nowMs };
  const probe = { ...span, history: source, select: labels, withinMs: leftMs() };
  const spacing = await probeSpacing(selectorsOf(rules.rules)[0], probe);
  const intervalMs = spacing.ok ? spacing.value : 60_000;
  const incidents = await incidentsOf(asked, { ...span, intervalMs, withinMs: leftMs() });
  const found: Record<string, Lookback['histories'][string]> = {};
  for (const rule of rules.rules) {
    show(`asking ${source.name} how bursty ${rule.name} was`);
    const given = { ...span, history: source, labelsOf: () => labels, intervalMs, incidents, withinMs: leftMs() };
    const past = await pastHistory(rule, given);
    if (!past.ok) found[rule.name] = past;
    else if (past.value !== null) found[rule.name] = ok(past.value);
  }
  return found;
}

interface Around {
  readonly fromMs: number;
  readonly toMs: number;
  readonly intervalMs: number;
  readonly withinMs: number;
}

/** Releases that were taken back say nothing of how the service usually is. */
async function incidentsOf(asked: Asked, { intervalMs, ...span }: Around): Promise<readonly Stretch[]> {
  const { labels, plan, rules, source, versionLabel } = asked;
  const total = totalOf(rules.rules);
  if (total === null) return [];
  const look = { ...span, history: source, select: labels, stepMs: stepFor(intervalMs) };
  const found = await lookForVersions(look, total, { label: versionLabel, plan });
  return found.ok ? takenBack(found.value.releases) : [];
}
