/** The rules of a policy as people see them: each in its own words, whether the file is good, and what they can tell at the traffic there is. */
import type { Rule, Severity } from '../rules/rule.ts';

export interface RuleWords {
  readonly name: string;
  readonly alert: Severity;
  /** `file:line` of the rule. */
  readonly at: string;
  readonly threshold: string;
  readonly windowMs: number;
  readonly judge: Rule['judge'];
  readonly compare: Rule['compare'];
  readonly minEvents: number;
  readonly missing: Rule['missing'];
  /** Weights at which it applies; empty: at all. */
  readonly steps: readonly number[];
  /** Judged and shown, but moves nothing. */
  readonly advisory: boolean;
  readonly description: string;
  readonly runbook: string;
  readonly owner: string;
  /** How it is judged, and what comes of it: whole sentences. */
  readonly says: {
    readonly judge: string;
    /** What a conviction leads to, and when there is one. */
    readonly convicts: readonly string[];
    readonly holds: readonly string[];
    readonly passes: readonly string[];
  };
}

/** What `sluice rules plan` says, for one rule. */
export type RulePlan =
  | {
      readonly kind: 'planned';
      readonly rule: string;
      /** The rule, its limit, the traffic that it sees: `error_rate (critical, limit 0.1%): 40 requests/s, 0.03 % failing`. */
      readonly head: string;
      readonly steps: readonly StepPlanRow[];
      /** What would help where a step is too short, and what bursts cost. */
      readonly remarks: readonly string[];
    }
  | { readonly kind: 'unplanned'; readonly rule: string; readonly why: string };

/** All in words, as the table of `rules plan` has them. */
export interface StepPlanRow {
  /** `25 % 10m` */
  readonly step: string;
  readonly requests: string;
  readonly healthyPasses: string;
  /** How soon a canary at 2, 5 and 10 times the limit is convicted; `no`: never in time. */
  readonly convicts: readonly [string, string, string];
  /** Smallest regression that the bake suffices to convict: `3.1x`. */
  readonly smallest: string;
  /** `yes`, `partly` or `not`. */
  readonly judged: string;
}

export interface PlanForecast {
  /** `now`: measured when it was asked for; `release`: what the last release was sent. */
  readonly trafficFrom: 'now' | 'release';
  readonly atMs: number;
  readonly rules: readonly RulePlan[];
  readonly remarks: readonly string[];
}

export interface PolicyRules {
  readonly policy: string;
  /** Rule file, or the policy's own where they stand in it. */
  readonly file: string;
  /** `broken`: nothing new starts; what runs keeps its set. `unread`: not looked at yet. */
  readonly state: 'good' | 'broken' | 'unread';
  /** What is wrong with the file now; null: nothing. */
  readonly problem: string | null;
  /** Of the last good set; null: there was none since the controller started. */
  readonly hash: string | null;
  readonly rules: readonly RuleWords[];
  readonly plan: PlanForecast | null;
  /** Why there is no plan; null: there is one. */
  readonly planProblem: string | null;
}
