/** What a release's steps will be able to judge at the traffic of now: said when it starts, not when it hangs. */
import type { Plan } from '../release/plan.ts';
import type { Release } from '../release/release.ts';
import type { RuleSet } from '../rules/rule.ts';
import { planStep, type StepOutlook, type Traffic } from '../verdict/planning.ts';
import { type JudgeSettings, withDispersion } from '../verdict/settings.ts';
import { count, span } from '../verdict/words.ts';

export interface Outlook {
  readonly rules: RuleSet;
  readonly judge: JudgeSettings;
  /** By rule, where it is not that of `judge`. */
  readonly dispersion?: Release['dispersion'];
  readonly plan: Plan;
  /** Of the whole service, as it is now. */
  readonly traffic: Traffic & {
    /** Of the routes that have rules of their own. */
    readonly ofRoute?: Readonly<Record<string, Traffic>>;
  };
}

/** By rule and step; empty: every critical rule can pass or convict within each bake. */
export const unjudgeable = (outlook: Outlook): Release['unjudgeable'] =>
  seen(outlook)
    .filter(({ step }) => step.judgeability === 'not')
    .map(({ rule, index }) => ({ rule, step: index }));

/** A sentence for each critical rule and step: what it will see, when it may pass, and how soon it convicts. */
export const outlookLines = (outlook: Outlook): readonly string[] =>
  seen(outlook).map(({ rule, index, step, events }) => {
    const { weight = 0, bakeMs = 0 } = outlook.plan.steps[index] ?? {};
    const soon = ([times, ms]: readonly [string, number]): string =>
      `${times} times ${ms <= outlook.plan.maxDurationMs ? `in ${span(Math.max(ms, 1_000))}` : 'never'}`;
    const passes = step.msToSample <= bakeMs ? 'in the bake' : passTime(step.msToSample);
    const convicts = Object.entries(step.msToConvict).map(soon).join(', ');
    return `${rule} at ${weight} % for ${span(bakeMs)}: ${count(events)} requests, may pass ${passes}; beyond its limit it is found: ${convicts}`;
  });

const passTime = (ms: number): string => (Number.isFinite(ms) ? `after ${span(ms)}` : 'once there is traffic');

interface Seen {
  readonly rule: string;
  /** Of the step in the plan. */
  readonly index: number;
  readonly step: StepOutlook;
  readonly events: number;
}

/** Critical rules that can be planned, step by step. */
function seen({ rules, judge, dispersion = {}, plan, traffic }: Outlook): readonly Seen[] {
  const critical = rules.rules.filter(({ alert, dryRun }) => alert === 'critical' && !dryRun);
  return critical.flatMap((rule) => {
    const own = rule.route === null ? traffic : (traffic.ofRoute?.[rule.route] ?? traffic);
    const settings = withDispersion(judge, dispersion[rule.name]);
    let eventsBefore = 0;
    return plan.steps.flatMap(({ weight, bakeMs }, index) => {
      const step = planStep(rule, settings, { step: { weight, bakeMs, eventsBefore }, traffic: own });
      const events = (own.perSecond * weight * bakeMs) / 100_000;
      eventsBefore += events;
      return step === null ? [] : [{ rule: rule.name, index, step, events }];
    });
  });
}
