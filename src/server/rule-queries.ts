/** What the rules of a release ask their source for: with the labels that told the versions apart in the last answer. */
import { type RuleQueries, ruleQueries } from '../metrics/rule-queries.ts';
import type { Release } from '../release/release.ts';

export interface QueriesOfRule {
  readonly rule: string;
  readonly queries: readonly RuleQueries[];
}

export interface QueriesOfRelease {
  readonly release: string;
  readonly rules: readonly QueriesOfRule[];
}

export const queriesOfRelease = ({ evidence, id, rules }: Release): QueriesOfRelease => ({
  release: id,
  rules: rules.rules.map((rule) => ({ rule: rule.name, queries: ruleQueries(rule, evidence.memory.arms) })),
});
