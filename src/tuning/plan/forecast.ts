/** What each rule will be able to tell at each step of a plan, and what would help where that is too little. */
import type { Plan } from '../../release/plan.ts';
import type { Rule, RuleSet } from '../../rules/rule.ts';
import { measureOf } from '../../verdict/measured-as.ts';
import { planStep, type StepOutlook, type StepPlan, type Traffic } from '../../verdict/planning.ts';
import { type Dispersion, type JudgeSettings, withDispersion } from '../../verdict/settings.ts';
import { literalChance } from './literal-chance.ts';
import { type PassChance, passChance } from './pass-chance.ts';
import { type Remedies, remediesFor } from './remedies.ts';

export interface StepForecast extends Pick<StepPlan, 'weight' | 'bakeMs'> {
  /** Canary events within the bake. */
  readonly events: number;
  readonly outlook: StepOutlook;
  /** When the first look is: the bake's end, or later where the sample takes longer; Infinity: never. */
  readonly firstLookMs: number;
  readonly pass: PassChance;
  /** null: the step is judgeable as it is. */
  readonly remedies: Remedies | null;
}

/** What bursts cost: how soon a canary at five times the limit is convicted, and how soon if errors came one by one. */
export interface BurstCost extends Pick<Dispersion, 'phi' | 'from'> {
  readonly weight: number;
  readonly ms: number;
  readonly aloneMs: number;
}

export type RuleForecast =
  | {
      readonly kind: 'planned';
      readonly rule: Rule;
      readonly traffic: Traffic;
      readonly bursts: BurstCost;
      readonly steps: readonly StepForecast[];
      /** Chance that the literal rule takes a healthy release back. */
      readonly literal: number;
    }
  | { readonly kind: 'unplanned'; readonly rule: Rule; readonly why: string };

export interface ForecastOptions {
  readonly rules: RuleSet;
  readonly plan: Plan;
  readonly judge: JudgeSettings;
  /** By rule, where it is not that of `judge`. */
  readonly dispersion: Readonly<Record<string, Dispersion>>;
  /** Of the events that the rule counts; null: it has none there. */
  readonly trafficOf: (rule: Rule) => Traffic | null;
}

export const forecast = (options: ForecastOptions): readonly RuleForecast[] =>
  options.rules.rules.map((rule) => forecastRule(rule, options));

function forecastRule(rule: Rule, { plan, judge: common, dispersion, trafficOf }: ForecastOptions): RuleForecast {
  const judge = withDispersion(common, dispersion[rule.name]);
  const measure = measureOf(rule);
  if (measure.kind !== 'fraction') return { kind: 'unplanned', rule, why: notPlanned[measure.kind] };
  if (rule.burnRate.length > 0)
    return { kind: 'unplanned', rule, why: 'a burn rate: what its windows see, whatever the evidence' };
  if (rule.judge === 'point')
    return { kind: 'unplanned', rule, why: 'compared literally: fires whenever the window exceeds the limit' };
  const traffic = trafficOf(rule);
  if (traffic === null)
    return { kind: 'unplanned', rule, why: 'no traffic seen: its series are absent from the history' };
  let eventsBefore = 0;
  const steps = plan.steps.flatMap(({ weight, bakeMs }) => {
    const step = { weight, bakeMs, eventsBefore };
    eventsBefore += eventsIn(step, traffic);
    if (rule.steps.length > 0 && !rule.steps.includes(weight)) return [];
    const planned = forecastStep(rule, { plan, judge, traffic, step, p0: measure.p0 });
    return planned === null ? [] : [planned];
  });
  const [first] = steps;
  if (first === undefined) return { kind: 'unplanned', rule, why: 'judged against stable alone: no limit to plan by' };
  const literal = literalChance({ p0: measure.p0, windowMs: rule.windowMs, steps: plan.steps, traffic });
  return { kind: 'planned', rule, traffic, bursts: burstCost(rule, judge, { step: first, traffic }), steps, literal };
}

function burstCost(
  rule: Rule,
  judge: JudgeSettings,
  { step, traffic }: { readonly step: StepForecast; readonly traffic: Traffic },
): BurstCost {
  const { weight, bakeMs, outlook } = step;
  const alone = planStep(rule, { ...judge, phi: 1 }, { step: { weight, bakeMs, eventsBefore: 0 }, traffic });
  const ms = outlook.msToConvict[5];
  return { phi: judge.phi, from: judge.from, weight, ms, aloneMs: alone?.msToConvict[5] ?? ms };
}

const notPlanned = {
  level: 'a level: compared with its limit, traffic does not matter',
  share: 'a share of the traffic: compared with stable while it is split',
  past: 'its own traffic at the same time of another day: compared literally, as a warning',
  alert: 'an alert: it fires or does not, whatever the traffic',
} as const;

const eventsIn = ({ weight, bakeMs }: StepPlan, { perSecond }: Traffic): number =>
  (perSecond * weight * bakeMs) / 100_000;

interface StepGiven {
  readonly plan: Plan;
  readonly judge: JudgeSettings;
  readonly traffic: Traffic;
  readonly step: StepPlan;
  readonly p0: number;
}

function forecastStep(rule: Rule, { plan, judge, traffic, step, p0 }: StepGiven): StepForecast | null {
  const outlook = planStep(rule, judge, { step, traffic });
  if (outlook === null) return null;
  const needsMs = rule.advanceOn === 'proven' ? outlook.msToProve : outlook.msToSample;
  const firstLookMs = Math.max(step.bakeMs, needsMs);
  const looks = {
    events: (traffic.perSecond * step.weight * firstLookMs) / 100_000,
    firstMs: firstLookMs,
    ratio: traffic.stableRatio,
    p0,
    untilMs: plan.maxDurationMs,
  };
  const { weight, bakeMs } = step;
  return {
    weight,
    bakeMs,
    events: eventsIn(step, traffic),
    outlook,
    firstLookMs,
    pass: passChance(looks),
    remedies: outlook.judgeability === 'judgeable' ? null : remediesFor(rule, judge, { step, traffic }),
  };
}

/** Critical rules that some step can't judge: neither pass nor conviction. */
export const unjudgeableIn = (
  all: readonly RuleForecast[],
): readonly { readonly rule: string; readonly weight: number }[] =>
  all.flatMap((each) =>
    each.kind === 'planned' && each.rule.alert === 'critical' && !each.rule.dryRun
      ? each.steps
          .filter(({ outlook }) => outlook.judgeability === 'not')
          .map(({ weight }) => ({ rule: each.rule.name, weight }))
      : [],
  );
