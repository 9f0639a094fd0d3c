/** A rollback in one sentence: the rule with its line, the value against the limit, and how long it took to weight 0. */
import { tookText } from './format-value.ts';
import type { RollbackView } from './rollback-view.ts';

export const rollbackSentence = ({ at, message, promise, rule, toZeroMs }: RollbackView): string => {
  const place = rule === null || at === null ? '' : `${at} `;
  const zero = toZeroMs === null ? 'weight 0 is not confirmed yet' : `weight 0 after ${tookText(toZeroMs)}`;
  return `${place}${message.replace(/\.$/, '')}; ${zero}${promise === null ? '' : `; ${promise}`}`;
};
