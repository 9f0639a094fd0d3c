/**
 * Trouble that both versions have at once is no sign of either: how the service usually is shows before and after it.
 *
 *     stable outside ─► both beyond doubt? ─► stable inside for a window ─► the step's sample starts again, and what was
 *                                                                          seen of the dispersion in it is forgotten
 */
import { type Case, lnConvict } from './case.ts';
import { natsAbove } from './counts.ts';
import { type RuleState, startStep, type Trouble } from './rule-state.ts';
import { sumAfter } from './window.ts';

/** `given` is from before the reading that `state` knows already. */
export const followTrouble = (given: Case, state: RuleState, limit: number): RuleState => {
  const { trouble, ...rest } = state;
  const { insideSinceMs, outsideSinceMs } = state.stable;
  if (trouble === undefined && outsideSinceMs === null) return state;
  const begun = trouble ?? { shared: false, seen: given.state.seen ?? null };
  if (insideSinceMs !== null && given.atMs - insideSinceMs >= given.rule.windowMs) return ended(rest, begun);
  return { ...state, trouble: { ...begun, shared: begun.shared || isShared(given, state, limit) } };
};

/** An incident that convicts nobody would else stay in the sample that a pass rests on, and make all errors look bursty. */
const ended = (state: RuleState, { shared, seen }: Trouble): RuleState => {
  if (!shared) return state;
  const step = startStep(state.step, state.stable);
  return seen === null ? { ...state, step } : { ...state, step, seen };
};

const isShared = ({ atMs, rule, settings }: Case, { window }: RuleState, limit: number): boolean =>
  (['canary', 'stable'] as const).every(
    (arm) => natsAbove(sumAfter(window, arm, atMs - rule.windowMs), limit) >= lnConvict(settings),
  );
