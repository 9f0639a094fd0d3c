/** What a breach of a rule leads to, in words that follow "would". */
import type { Rule } from '../rules/rule.ts';

export const consequence = ({ alert, dryRun }: Pick<Rule, 'alert' | 'dryRun'>): string => {
  if (dryRun || alert === 'info') return 'be noted';
  return alert === 'critical' ? 'roll back' : 'open an investigation';
};
