/** All that can be said of one rule without a release: its queries, its judge, when it does what, and how fast. */
import { type RuleQueries, ruleQueries } from '../../metrics/rule-queries.ts';
import type { ArmPair } from '../../metrics/series.ts';
import type { Rule, Severity } from '../../rules/rule.ts';
import { lnConvict, lnSuspect } from '../../verdict/case.ts';
import { measureOf } from '../../verdict/measured-as.ts';
import type { Dispersion, JudgeSettings } from '../../verdict/settings.ts';
import { type AtTraffic, type MinutesRow, minutesRows } from './minutes.ts';
import type { SideNow } from './numbers-now.ts';
import {
  type Change,
  changes,
  consequence,
  convictSentences,
  holdSentences,
  judgeSentence,
  passSentences,
} from './sentences.ts';

export interface RuleExplanation {
  readonly rule: string;
  /** `file:line` */
  readonly at: string;
  readonly alert: Severity;
  readonly threshold: string;
  readonly description: string;
  readonly queries: readonly RuleQueries[];
  readonly judge: string;
  /** What a conviction leads to, and when there is one. */
  readonly convicts: { readonly consequence: string; readonly when: readonly string[] };
  readonly holds: readonly string[];
  readonly passes: readonly string[];
  readonly change: readonly Change[];
  /** null: the traffic is not known. */
  readonly traffic: AtTraffic | null;
  readonly minutes: readonly MinutesRow[];
  /** From where the dispersion is known; what the past says besides. */
  readonly dispersion: Dispersion;
  readonly notes: readonly string[];
  /** null: nobody was asked. */
  readonly now: readonly SideNow[] | null;
  /** In nats. */
  readonly evidence: { readonly convict: number; readonly suspect: number };
}

export interface Explained {
  readonly rule: Rule;
  readonly settings: JudgeSettings;
  readonly arms: ArmPair;
  readonly traffic: AtTraffic | null;
  readonly now: readonly SideNow[] | null;
  readonly notes: readonly string[];
}

export const explainRule = ({ rule, settings, arms, traffic, now, notes }: Explained): RuleExplanation => {
  const measure = measureOf(rule);
  const p0 = measure.kind === 'fraction' ? measure.p0 : null;
  return {
    rule: rule.name,
    at: `${rule.at.file}:${rule.at.line}`,
    alert: rule.alert,
    threshold: rule.thresholdText,
    description: rule.description,
    queries: ruleQueries(rule, arms),
    judge: judgeSentence(rule),
    convicts: { consequence: consequence(rule), when: convictSentences(rule, settings) },
    holds: holdSentences(rule, settings),
    passes: passSentences(rule, settings),
    change: changes(rule),
    traffic,
    minutes: traffic === null || p0 === null ? [] : minutesRows(rule, settings, { traffic, p0 }),
    dispersion: { phi: settings.phi, changePoint: settings.changePoint, from: settings.from },
    notes,
    now,
    evidence: { convict: lnConvict(settings), suspect: lnSuspect },
  };
};
