/** What `rules plan` says of a policy's rules, at the traffic that is measured now, or that its last release was sent. */
import type { Clock } from '../lib/clock.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import type { JournalSpan } from '../release/journal-span.ts';
import type { Release } from '../release/release.ts';
import type { Store } from '../release/store.ts';
import type { PlanForecast, RulePlan } from '../report/policy-rules-view.ts';
import type { Rule, RuleSet } from '../rules/rule.ts';
import { forecast, type RuleForecast } from '../tuning/plan/forecast.ts';
import { burstLine, fixLines, headOf, passLines, rowOf, warningLine } from '../tuning/plan/plan-words.ts';
import { measureOf } from '../verdict/measured-as.ts';
import type { Traffic } from '../verdict/planning.ts';
import type { Served } from './served.ts';
import type { ServiceTraffic } from './traffic.ts';

export interface ForecastPorts {
  readonly store: Pick<Store, 'journal' | 'policy' | 'releases'>;
  readonly clock: Clock;
}

/** Fails with a sentence: what was asked for traffic, and did not tell. */
export async function planForecast(
  service: Served,
  set: RuleSet,
  { store, clock }: ForecastPorts,
): Promise<Result<PlanForecast, string>> {
  const { policy } = service;
  const [state, newest] = await Promise.all([
    store.policy(policy.name),
    store.releases({ policy: policy.name, limit: 1 }),
  ]);
  if (!state.ok) return failed(state.error.message);
  if (!newest.ok) return failed(newest.error.message);
  const [last] = newest.value;
  const stable = state.value?.stable ?? null;
  const now = stable === null ? null : await service.traffic(set, stable);
  const sent = now === null && last !== undefined ? await sentTo(last, store) : null;
  const traffic = now ?? sent;
  if (traffic === null) return failed(untold(stable));
  const judge = { ...policy.judge, rules: set.rules.length };
  const dispersion = last?.dispersion ?? {};
  const trafficOf = (rule: Rule): Traffic | null => ofRule(rule, traffic);
  const limitMs = policy.plan.maxDurationMs;
  const rules = forecast({ rules: set, plan: policy.plan, judge, dispersion, trafficOf });
  return ok({
    trafficFrom: now === null ? 'release' : 'now',
    atMs: now === null ? (last?.updatedAtMs ?? clock.wallMs()) : clock.wallMs(),
    rules: rules.map((each) => inWords(each, limitMs)),
    remarks: set.rules.some(({ sli }) => sli.kind === 'latency') ? [halfOfLimit] : [],
  });
}

const untold = (stable: string | null): string =>
  stable === null
    ? 'nothing is stable yet: there is no traffic to plan by'
    : `the metrics of ${stable} show no requests now, and no release has seen any: \`sluice rules plan --rate 100/s\` plans without them`;

/** A service whose slow answers nobody counted is taken to run at half of the limit, as `rules plan` takes it. */
const usualPart = 0.5;
const halfOfLimit = 'how many answers are slow is not measured here: stable is taken to run at half of each such limit';

const ofRule = (rule: Rule, { ofRoute, ...whole }: ServiceTraffic): Traffic | null => {
  const own = rule.route === null ? whole : (ofRoute[rule.route] ?? whole);
  const measure = measureOf(rule);
  if (measure.kind !== 'fraction') return null;
  return rule.sli.kind === 'ratio' ? own : { ...own, stableRatio: measure.p0 * usualPart };
};

/** Both versions together, since the last weight was written. */
async function sentTo(release: Release, store: ForecastPorts['store']): Promise<ServiceTraffic | null> {
  const journal = await store.journal(release.id);
  const perSecond = journal.ok ? rateOf(journal.value.spans) : null;
  const errors = release.rules.rules.find(({ sli }) => sli.kind === 'ratio');
  const stableRatio = release.verdicts.find(({ rule }) => rule === errors?.name)?.stable ?? 0;
  return perSecond === null ? null : { perSecond, stableRatio, ofRoute: {} };
}

function rateOf(spans: readonly JournalSpan[]): number | null {
  const last = spans.findLast(({ sent }) => sent !== null && sent[0] + sent[1] > 0);
  if (last === undefined || last.sent === null) return null;
  const before = spans.slice(0, spans.indexOf(last)).findLast(({ weight }) => weight !== last.weight);
  const overMs = last.toMs - (before?.toMs ?? 0);
  return overMs > 0 ? (1_000 * (last.sent[0] + last.sent[1])) / overMs : null;
}

const inWords = (each: RuleForecast, limitMs: number): RulePlan => {
  if (each.kind === 'unplanned') return { kind: 'unplanned', rule: each.rule.name, why: each.why };
  const warning = warningLine(each);
  return {
    kind: 'planned',
    rule: each.rule.name,
    head: headOf(each),
    steps: each.steps.map((step) => rowOf(step, limitMs)),
    remarks: [
      ...(warning === null ? [] : [warning]),
      burstLine(each, limitMs),
      ...passLines(each, limitMs),
      ...fixLines(each),
    ],
  };
};
