/** From evidence and surroundings to a row of the attribution table. */
import { attribute, type RelativeFinding, type Ruling, type Surroundings } from './attribution.ts';
import { type Case, lnConvict } from './case.ts';
import type { Measure } from './measured-as.ts';
import { noEvidence } from './mixture.ts';
import { type RuleState, startStep } from './rule-state.ts';
import { lookAtStable, stableHasTraffic } from './stable-view.ts';
import { comparable, isSticky, leadOf } from './which-tests.ts';
import { sumAfter } from './window.ts';

export const rulingOf = (given: Case, measure: Measure): Ruling => {
  const { state, rule, settings } = given;
  const target = lnConvict(settings);
  if (leadOf(rule, measure) === 'relative') return state.relative.lnMax >= target ? 'rollback' : 'nothing-wrong';
  const absolute = state.canary.events === 0 ? 'inconclusive' : state.absolute.lnMax >= target ? 'breach' : 'inside';
  return attribute({ absolute, relative: relativeFinding(given, target), surroundings: surroundingsOf(given) });
};

const relativeFinding = (given: Case, target: number): RelativeFinding => {
  const { rule, state, settings, context } = given;
  if (rule.compare === 'absolute') return 'unused';
  if (state.relative3.lnMax >= target) return 'breach-at-3';
  if (state.relative.lnMax >= target) return 'breach';
  if (isSticky(rule, settings) && context.split) return 'off';
  return comparable(given) ? 'not' : 'inconclusive';
};

const surroundingsOf = (given: Case): Surroundings => {
  const { state, context, settings, rule, atMs } = given;
  const { stable, step } = state;
  if (!stableHasTraffic(sumAfter(state.window, 'stable', atMs - rule.windowMs), context)) {
    if (context.stableProbes === 'fail') return 'idle-failing';
    return context.stableProbes === 'pass' && stable.baseline === 'inside' ? 'idle-healthy' : 'idle-unknown';
  }
  if (stable.outsideSinceMs === null) return 'inside';
  const afterRise = context.raisedAtMs === null ? -1 : stable.outsideSinceMs - context.raisedAtMs;
  const soonAfter = afterRise >= 0 && afterRise <= settings.sharedWindowMs;
  return soonAfter && step.stableWasInside ? 'outside-after-rise' : 'outside';
};

/** Stable as it stands now; once it has been inside for a window, what was ascribed to the environment is forgotten. */
export const withStable = (given: Case, limit: number): RuleState => {
  const { state, context, rule, atMs } = given;
  const counts = sumAfter(state.window, 'stable', atMs - rule.windowMs);
  const stable = lookAtStable(state.stable, { atMs, counts, limit, context });
  const calm = stable.insideSinceMs !== null && atMs - stable.insideSinceMs >= rule.windowMs;
  if (!state.environmentBad || !calm) return { ...state, stable };
  // The step's own sample holds the incident, too: it starts again with the evidence.
  return { ...state, stable, environmentBad: false, absolute: noEvidence, step: startStep(state.step, stable) };
};
