/** The plan's steps as a line of progress: which are done, which one runs, how far it is. */
import type { Release } from '../release/release.ts';

export interface StepView {
  /** Canary percent. */
  readonly weight: number;
  readonly bakeMs: number;
  /** Earned so far; equals the bake once it is done. */
  readonly bakedMs: number;
  readonly state: 'done' | 'running' | 'due' | 'undone';
}

/** Index of the step that runs; null: none does. */
export const runningStep = ({ phase }: Release): number | null => ('step' in phase ? phase.step : null);

export const stepViews = (release: Release): readonly StepView[] => {
  const running = runningStep(release);
  const taken = passedSteps(release);
  return release.plan.steps.map(({ weight, bakeMs }, index) => {
    const bakedMs = index === running ? earnedMs(release, bakeMs) : 0;
    if (index === running) return { weight, bakeMs, bakedMs, state: 'running' };
    if (taken === 'all' || (running !== null && index < running))
      return { weight, bakeMs, bakedMs: bakeMs, state: 'done' };
    return { weight, bakeMs, bakedMs: 0, state: taken === 'none' ? 'undone' : 'due' };
  });
};

const passedSteps = ({ phase }: Release): 'all' | 'none' | 'some' => {
  switch (phase.phase) {
    case 'promoting':
    case 'watching':
    case 'succeeded':
      return 'all';
    case 'rollingBack':
    case 'rolledBack':
    case 'failed':
      return 'none';
    default:
      return 'some';
  }
};

const earnedMs = ({ phase }: Release, bakeMs: number): number =>
  'bakedMs' in phase ? Math.min(phase.bakedMs, bakeMs) : 0;
