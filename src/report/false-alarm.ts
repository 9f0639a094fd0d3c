/** The promise that a release's judge makes: how often a healthy release would be rolled back. */
import type { Rule } from '../rules/rule.ts';
import { isLiteral } from '../verdict/literal.ts';
import type { JudgeSettings } from '../verdict/settings.ts';
import { percent } from '../verdict/words.ts';

export interface FalseAlarm {
  /** At most this, over all rules and all looks. */
  readonly probability: number;
  readonly sentence: string;
}

export const falseAlarm = ({ alpha }: JudgeSettings, rules: readonly Rule[]): FalseAlarm => ({
  probability: alpha,
  sentence: `chance that a healthy release is rolled back <= ${percent(alpha)}, over all rules and looks${besides(rules)}`,
});

/** What convicts by a plain comparison keeps no such promise. */
const besides = (rules: readonly Rule[]): string => {
  const literal = rules.filter((rule) => isLiteral(rule) && rule.alert === 'critical' && !rule.dryRun);
  return literal.length === 0 ? '' : `; not promised for ${literal.map(({ name }) => name).join(', ')}`;
};
