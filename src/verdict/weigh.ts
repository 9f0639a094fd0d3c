/** What folded evidence comes to: convict, hold, pass, or wait for more. */
import { type Case, type Finding, finding, lnSuspect } from './case.ts';
import { eventsToLook, lookAgain, type Sample } from './compatible.ts';
import { isInside, windowOf } from './estimate.ts';
import { isProven } from './health.ts';
import type { Measure } from './measured-as.ts';
import type { RuleState } from './rule-state.ts';
import { rulingOf } from './ruling.ts';
import { leadEvidence } from './which-tests.ts';

export interface Weighed {
  readonly state: RuleState;
  readonly finding: Finding;
}

export const weigh = (given: Case, measure: Measure): Weighed => {
  const { settings } = given;
  switch (rulingOf(given, measure)) {
    case 'rollback':
      return { state: given.state, finding: finding.breach('Breach') };
    case 'rollback-shared':
      if (settings.onShared === 'hold') return holdForEnvironment(given, measure, 'SharedAfterRise');
      return { state: given.state, finding: finding.breach('SharedAfterRise') };
    case 'environment':
      return holdForEnvironment(given, measure, 'EnvironmentBad');
    case 'await-relative':
      return hold(given, measure, 'AwaitingRelative');
    case 'worse-than-stable':
      if (settings.onWorse === 'rollback') return { state: given.state, finding: finding.breach('WorseThanStable') };
      if (settings.onWorse === 'hold') return hold(given, measure, 'WorseThanStable');
      return passOrWait(given, measure, 'WorseWithinLimit');
    case 'worse-within-limit':
      return passOrWait(given, measure, 'WorseWithinLimit');
    case 'nothing-wrong':
      return passOrWait(given, measure, null);
    case 'inconclusive':
      return { state: given.state, finding: finding.inconclusive('TooFewEvents') };
  }
};

/** Holds; a look that is due now finds the rule suspect and is used up. */
const hold = (given: Case, measure: Measure, reason: Finding['reason']): Weighed => ({
  state: looked(given, measure, 'suspect'),
  finding: finding.suspect(reason),
});

const holdForEnvironment = (given: Case, measure: Measure, reason: Finding['reason']): Weighed =>
  hold({ ...given, state: { ...given.state, environmentBad: true } }, measure, reason);

const passOrWait = (given: Case, measure: Measure, worse: 'WorseWithinLimit' | null): Weighed => {
  const lnBreach = leadEvidence(given, measure).lnNow;
  if (lnBreach >= lnSuspect) return hold(given, measure, 'EvidenceRising');
  const state = looked(given, measure, 'unsuspected');
  if (isProven(state.step.health, given.settings.beta)) return { state, finding: finding.pass(worse ?? 'Proven') };
  if (given.rule.advanceOn === 'compatible' && state.step.passed)
    return { state, finding: finding.pass(worse ?? 'Compatible') };
  return { state, finding: notYet({ ...given, state }, measure) };
};

/** No pass yet, and why; outside the limit by the window, or after the bake by the whole step, is suspect. */
const notYet = (given: Case, measure: Measure): Finding => {
  const { rule, context, state } = given;
  const window = windowOf(given);
  const seen = measure.kind === 'share' ? window.canary.events + window.stable.events : window.canary.events;
  const stepIsOutside = (): boolean =>
    context.bakeEnded &&
    state.step.counts.canary.events >= rule.minEvents &&
    !isInside(given, measure, state.step.counts);
  if ((seen > 0 && seen >= rule.minEvents && !isInside(given, measure, window)) || stepIsOutside())
    return finding.suspect('OutsideThreshold');
  return finding.inconclusive(context.step !== null && !context.bakeEnded ? 'BakeNotEnded' : 'TooFewEvents');
};

const looked = (given: Case, measure: Measure, standing: 'suspect' | 'unsuspected'): RuleState => {
  const { state } = given;
  const step = lookAgain(
    state.step,
    sampleOf(given),
    () => standing === 'unsuspected' && isInside(given, measure, state.step.counts),
  );
  return step === state.step ? state : { ...state, step };
};

const sampleOf = ({ rule, state, context }: Case): Sample => ({
  events: state.canary.events,
  minEvents: rule.minEvents,
  bakeEnded: context.bakeEnded,
});

/** Canary events that the step still lacks before it can be looked at for a pass. */
export const eventsLacking = (given: Case): number => eventsToLook(given.state.step, sampleOf(given));
