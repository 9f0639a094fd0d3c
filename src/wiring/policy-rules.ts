/** The rules of a policy for people: as they are in force, and what they can tell at the traffic that was measured. */
import type { Clock } from '../lib/clock.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import type { Store } from '../release/store.ts';
import type { PlanForecast, PolicyRules, RuleWords } from '../report/policy-rules-view.ts';
import type { Rule, RuleSet } from '../rules/rule.ts';
import {
  consequence,
  convictSentences,
  holdSentences,
  judgeSentence,
  passSentences,
} from '../tuning/explain/sentences.ts';
import type { JudgeSettings } from '../verdict/settings.ts';
import { planForecast } from './plan-forecast.ts';
import type { Served } from './served.ts';

export interface PolicyRulesOptions {
  readonly services: ReadonlyMap<string, Served>;
  readonly store: Pick<Store, 'journal' | 'policy' | 'releases'>;
  readonly clock: Clock;
}

/** A forecast asks the metrics and reckons for a while: it is made at most this often, and once for all who ask. */
const freshMs = 60_000;

interface Made {
  readonly hash: string;
  readonly atMs: number;
  readonly forecast: Promise<Result<PlanForecast, string>>;
}

/** Answers `NotFound` where the policy is not served. */
export function policyRules(options: PolicyRulesOptions): (policy: string) => Promise<Result<PolicyRules>> {
  const made = new Map<string, Made>();
  const forecastOf = (service: Served, set: RuleSet): Made['forecast'] => {
    const { name } = service.policy;
    const nowMs = options.clock.monotonicMs();
    const known = made.get(name);
    if (known?.hash === set.hash && nowMs - known.atMs < freshMs) return known.forecast;
    const forecast = planForecast(service, set, options);
    made.set(name, { hash: set.hash, atMs: nowMs, forecast });
    return forecast;
  };
  return async (name) => {
    const service = options.services.get(name);
    if (service === undefined) return failed(noPolicy(name, options.services));
    const set = service.rules.lastGood();
    const plan = set === null ? failed('no good set of rules was read yet') : await forecastOf(service, set);
    const { policy } = service;
    return ok({
      policy: name,
      file: policy.rules.path ?? policy.file,
      state: stateOf(service),
      problem: service.rules.problem(),
      hash: set?.hash ?? null,
      rules: set === null ? [] : rulesInWords(set, policy.judge),
      plan: plan.ok ? plan.value : null,
      planProblem: plan.ok ? null : plan.error,
    });
  };
}

const noPolicy = (name: string, services: ReadonlyMap<string, Served>) => ({
  reason: 'NotFound',
  message: `there is no policy ${name} here; this controller serves ${[...services.keys()].join(', ')}`,
  retryable: false,
});

const stateOf = ({ rules }: Served): PolicyRules['state'] => {
  const current = rules.current();
  if (current.ok) return 'good';
  return current.error.retryable ? 'unread' : 'broken';
};

export const rulesInWords = ({ rules }: RuleSet, judge: Omit<JudgeSettings, 'rules'>): readonly RuleWords[] =>
  rules.map((rule) => wordsOf(rule, { ...judge, rules: rules.length }));

const wordsOf = (rule: Rule, settings: JudgeSettings): RuleWords => {
  const { alert, compare, description, judge, minEvents, missing, name, owner, runbook, steps, windowMs } = rule;
  return {
    ...{ name, alert, windowMs, judge, compare, minEvents, missing, steps, description, runbook, owner },
    at: `${rule.at.file}:${rule.at.line}`,
    threshold: rule.thresholdText,
    advisory: rule.dryRun || alert === 'info',
    says: {
      judge: judgeSentence(rule),
      convicts: [consequence(rule), ...convictSentences(rule, settings)],
      holds: holdSentences(rule, settings),
      passes: passSentences(rule, settings),
    },
  };
};
