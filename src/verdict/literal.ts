/** Rules that compare events literally: they convict by a limit that chance may pass, outside the promise about false alarms. */
import type { Rule } from '../rules/rule.ts';

/** Levels are always compared so; it is said of what could have been judged by evidence. */
export const isLiteral = ({ judge, sli }: Rule): boolean =>
  judge === 'point' && sli.kind !== 'gauge' && sli.kind !== 'expression';
