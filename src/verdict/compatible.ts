/**
 * The `compatible` pass: nothing speaks against the canary and its estimate over the whole step is inside the limit.
 * Looked at once when the bake ends and again each time the sample has doubled: a look on every tick would let almost any
 * canary through by luck.
 */
import type { StepState } from './rule-state.ts';

export interface Sample {
  /** Canary events since the release began. */
  readonly events: number;
  readonly minEvents: number;
  readonly bakeEnded: boolean;
}

/** Events that the step still lacks before the next look; 0: the sample is there. */
export const eventsToLook = (step: StepState, { events, minEvents }: Sample): number => {
  const inStep = step.counts.canary.events;
  return Math.ceil(Math.max(0, minEvents - events, minEvents / 5 - inStep, step.nextLook - inStep, inStep > 0 ? 0 : 1));
};

/** The step after a look, if one was due; `inside`: the estimate is inside and no evidence speaks against it. */
export const lookAgain = (step: StepState, sample: Sample, inside: () => boolean): StepState => {
  if (!sample.bakeEnded || eventsToLook(step, sample) > 0) return step;
  return { ...step, passed: inside(), nextLook: step.counts.canary.events * 2 };
};
