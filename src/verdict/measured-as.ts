/** What a rule's readings are judged as: a fraction of bad events, a share of the traffic, or a level. */
import type { Rule } from '../rules/rule.ts';

export type Measure =
  /** At most `p0` of the events may be bad. `noun` names them to people. */
  | { readonly kind: 'fraction'; readonly p0: number; readonly noun: string }
  /** The canary may get at most `drop` less than its weight's odds. */
  | { readonly kind: 'share'; readonly drop: number }
  /** All requests may be at most `drop` fewer than so long ago. */
  | { readonly kind: 'past'; readonly drop: number; readonly agoMs: number }
  | { readonly kind: 'level' }
  /** Firing or not. */
  | { readonly kind: 'alert' };

export const measureOf = ({ sli, threshold, thresholdText }: Rule): Measure => {
  if (sli.kind === 'alert') return { kind: 'alert' };
  if (sli.kind === 'gauge' || sli.kind === 'expression') return { kind: 'level' };
  if (threshold.kind === 'drop-from-baseline' && sli.kind === 'volume' && sli.agoMs !== undefined)
    return { kind: 'past', drop: threshold.ratio, agoMs: sli.agoMs };
  if (threshold.kind === 'drop-from-baseline') return { kind: 'share', drop: threshold.ratio };
  if (sli.kind === 'latency')
    return { kind: 'fraction', p0: 1 - sli.quantile, noun: `requests slower than ${thresholdText}` };
  return { kind: 'fraction', p0: threshold.kind === 'ratio-above' ? threshold.ratio : 0, noun: 'errors' };
};
