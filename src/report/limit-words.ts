/** A rule's limit as people read it, in the unit of the values beside it. */
import { burnLimitText } from '../rules/burn-rate.ts';
import type { Rule } from '../rules/rule.ts';
import { valueText } from './format-value.ts';

/** `limit` as in the verdict; null, before the first look: the words of the rule's file. */
export const limitWords = ({ burnRate, sli, threshold, thresholdText }: Rule, limit: number | null): string => {
  if (burnRate.length > 0) return burnLimitText(burnRate, thresholdText);
  if (limit === null || sli.kind === 'alert') return thresholdText;
  if (sli.kind === 'latency') return `${valueText(limit, 'ratio')} > ${thresholdText}`;
  if (sli.kind === 'volume') return `>= ${valueText(limit, 'ratio')}`;
  return valueText(limit, threshold.kind === 'seconds-above' ? 'seconds' : 'ratio');
};
