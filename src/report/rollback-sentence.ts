/** A rollback in one sentence: the rule with its line, value against limit, and how long it took to weight 0. */
import { tookText, valueText } from './format-value.ts';
import type { RollbackView } from './rollback-view.ts';

export const rollbackSentence = (rollback: RollbackView): string => {
  const zero =
    rollback.toZeroMs === null ? 'weight 0 is not confirmed yet' : `weight 0 after ${tookText(rollback.toZeroMs)}`;
  return `${whatBroke(rollback)}; ${zero}`;
};

const whatBroke = ({ rule, at, unit, value, limitWords, message }: RollbackView): string => {
  if (rule === null || unit === null || limitWords === null) return message;
  return `${rule} (${at ?? 'unknown place'}) ${valueText(value, unit)} against ${limitWords}: ${message}`;
};
