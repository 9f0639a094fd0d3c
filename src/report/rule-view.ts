/** One rule of a release as people see it: the numbers, the limit, the verdict, and what it would take to change it. */
import type { Release } from '../release/release.ts';
import type { Rule, Severity } from '../rules/rule.ts';
import type { Outcome, Verdict, VerdictKind, VerdictReason } from '../verdict/verdict.ts';
import { type DispersionView, dispersionView } from './dispersion-view.ts';
import type { Unit } from './format-value.ts';
import { limitWords } from './limit-words.ts';
import { evidenceOf, whatItWouldTake } from './what-it-takes.ts';

export interface RuleView {
  readonly name: string;
  readonly alert: Severity;
  /** `file:line` of the rule. */
  readonly at: string;
  /** As the file has it. */
  readonly threshold: string;
  readonly windowMs: number;
  readonly unit: Unit;
  /** Over the rule's window; null: nothing was seen. */
  readonly canary: number | null;
  readonly stable: number | null;
  /** In the unit of the values; null before the first look. */
  readonly limit: number | null;
  /** The limit as people read it: `0.1 %`, `5 % > 500ms`, `>= 23.1 %`. */
  readonly limitWords: string;
  /** Whether it is judged by events; a level, or an alert, is looked at and counts none. */
  readonly counts: boolean;
  /** Canary events since the release began, and in this step. */
  readonly events: number;
  readonly stepEvents: number;
  /** Null before the first look. */
  readonly verdict: VerdictKind | null;
  readonly outcome: Outcome;
  readonly reason: VerdictReason | null;
  readonly message: string;
  readonly dispersion: DispersionView | null;
  /** 0: nothing speaks against the canary, 1: convicted. */
  readonly evidence: number;
  /** Bad events more, now, that would convict; null where it does not apply. */
  readonly errorsToConvict: number | null;
  /** What would change the verdict; empty when there is nothing to say. */
  readonly take: string;
  /** Moves nothing: `dryRun`, or `alert: info`. */
  readonly advisory: boolean;
  readonly runbook: string;
}

export const ruleViews = (release: Release): readonly RuleView[] =>
  release.rules.rules.map((rule) => {
    const verdict = release.verdicts.find((each) => each.rule === rule.name);
    const dispersion = dispersionView(release, rule);
    return { ...wordsOf(rule), dispersion, ...(verdict === undefined ? unseen(rule) : numbersOf(rule, verdict)) };
  });

/** A share of the traffic and a share of slow answers are fractions; only a level can be a time. */
export const unitOf = ({ sli, threshold }: Rule): Unit =>
  sli.kind === 'alert' ? 'alert' : threshold.kind === 'seconds-above' && sli.kind !== 'latency' ? 'seconds' : 'ratio';

const levels: readonly Rule['sli']['kind'][] = ['alert', 'expression', 'gauge'];

const wordsOf = (rule: Rule) => ({
  name: rule.name,
  alert: rule.alert,
  at: `${rule.at.file}:${rule.at.line}`,
  threshold: rule.thresholdText,
  windowMs: rule.windowMs,
  unit: unitOf(rule),
  counts: levels.every((kind) => kind !== rule.sli.kind),
  runbook: rule.runbook,
});

const numbersOf = (rule: Rule, verdict: Verdict) => ({
  canary: verdict.canary,
  stable: verdict.stable,
  limit: verdict.limit,
  limitWords: limitWords(rule, verdict.limit),
  events: verdict.events,
  stepEvents: verdict.stepEvents,
  verdict: verdict.kind,
  outcome: verdict.outcome,
  reason: verdict.reason,
  message: verdict.message,
  evidence: evidenceOf(rule, verdict),
  errorsToConvict: verdict.errorsToConvict,
  take: whatItWouldTake(rule, verdict),
  advisory: verdict.advisory,
});

const unseen = (rule: Rule) => ({
  canary: null,
  stable: null,
  limit: null,
  limitWords: limitWords(rule, null),
  events: 0,
  stepEvents: 0,
  verdict: null,
  outcome: 'none' as const,
  reason: null,
  message: 'not looked at yet',
  evidence: 0,
  errorsToConvict: null,
  take: '',
  advisory: rule.dryRun || rule.alert === 'info',
});
