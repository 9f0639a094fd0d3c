/** Point estimates of a rule: over the window for people, over the step for the pass. They never convict. */
import type { Rule } from '../rules/rule.ts';
import type { Case } from './case.ts';
import { fractionOf } from './counts.ts';
import type { Measure } from './measured-as.ts';
import type { Pair } from './rule-state.ts';
import { leastShare } from './share.ts';
import { leadOf } from './which-tests.ts';
import { sumAfter } from './window.ts';

/** Both arms over the rule's window. The canary's part, and both parts of a share, begin with the step at the earliest. */
export const windowOf = ({ rule, state, context, atMs }: Case): Pair => {
  const fromMs = atMs - rule.windowMs;
  const inStepMs = context.step === null ? fromMs : Math.max(fromMs, context.weightSinceMs + rule.warmUpMs);
  const isShare = rule.threshold.kind === 'drop-from-baseline';
  return {
    canary: sumAfter(state.window, 'canary', inStepMs),
    stable: sumAfter(state.window, 'stable', isShare ? inStepMs : fromMs),
  };
};

/** The estimate keeps the rule's bound; of nothing, nothing is said. */
export const isInside = ({ rule, context }: Case, measure: Measure, { canary, stable }: Pair): boolean => {
  if (canary.events === 0 && measure.kind !== 'share') return false;
  if (measure.kind === 'share') {
    const all = canary.events + stable.events;
    return all > 0 && canary.events >= leastShare(context.weight / 100, measure.drop) * all;
  }
  if (leadOf(rule, measure) === 'relative')
    return stable.events > 0 && canary.bad * stable.events <= rule.ratio * stable.bad * canary.events;
  return measure.kind === 'fraction' && canary.bad <= measure.p0 * canary.events;
};

/** The number on the screen for one arm: its bad fraction, or its share of the requests. */
export const shownValue = (measure: Measure, arm: 'canary' | 'stable', pair: Pair): number | null => {
  if (measure.kind !== 'share') return fractionOf(pair[arm]);
  const all = pair.canary.events + pair.stable.events;
  return all > 0 ? pair[arm].events / all : null;
};

/** Nothing is outside below this many times the budget. */
const leastRate = ({ burnRate }: Rule): number =>
  burnRate.length === 0 ? 1 : Math.min(...burnRate.map(({ rate }) => rate));

/** The bound in the unit of the number on the screen. */
export const shownLimit = ({ rule, context }: Case, measure: Measure): number => {
  if (measure.kind === 'fraction') return measure.p0 * leastRate(rule);
  if (measure.kind === 'past') return 1 - measure.drop;
  if (measure.kind === 'share') return leastShare(context.weight / 100, measure.drop);
  return rule.threshold.kind === 'seconds-above' ? rule.threshold.seconds : rule.threshold.ratio;
};
