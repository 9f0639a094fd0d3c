/** Which critical rules a release's steps will have too little traffic to judge: said when it starts, not when it hangs. */
import type { Plan } from '../release/plan.ts';
import type { Release } from '../release/release.ts';
import type { RuleSet } from '../rules/rule.ts';
import { planStep, type Traffic } from '../verdict/planning.ts';
import { type JudgeSettings, withDispersion } from '../verdict/settings.ts';

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
export function unjudgeable({ rules, judge, dispersion = {}, plan, traffic }: Outlook): Release['unjudgeable'] {
  const critical = rules.rules.filter(({ alert, dryRun }) => alert === 'critical' && !dryRun);
  return critical.flatMap((rule) => {
    const own = rule.route === null ? traffic : (traffic.ofRoute?.[rule.route] ?? traffic);
    const settings = withDispersion(judge, dispersion[rule.name]);
    let eventsBefore = 0;
    return plan.steps.flatMap(({ weight, bakeMs }, step) => {
      const outlook = planStep(rule, settings, { step: { weight, bakeMs, eventsBefore }, traffic: own });
      eventsBefore += (own.perSecond * weight * bakeMs) / 100_000;
      return outlook?.judgeability === 'not' ? [{ rule: rule.name, step }] : [];
    });
  });
}
