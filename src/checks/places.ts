/** Where a release stands on its way, as its checks are asked there. */
import { bakeEnded } from '../release/bake.ts';
import type { CheckStage, ReleaseCheck } from '../release/check-demand.ts';
import type { Release } from '../release/release.ts';

export interface Place {
  readonly stage: CheckStage | 'always' | 'afterRollback';
  /** `afterWeight/1` for the second step; otherwise the stage. */
  readonly key: string;
}

/** `ready`: as many instances as the step wants. */
export type CanaryState = 'ready' | 'notReady';

const place = (stage: Place['stage'], key: string = stage): Place => ({ stage, key });

/** Where hooks are asked now. */
export function placesOf(release: Release, canary: CanaryState): readonly Place[] {
  const { phase } = release;
  switch (phase.phase) {
    case 'preparing':
      if (canary === 'notReady') return [];
      // A first deployment has no step in between.
      return release.stableRevision === null
        ? [place('beforeTraffic'), place('beforePromotion')]
        : [place('beforeTraffic')];
    case 'baking': {
      const after = place('afterWeight', `afterWeight/${phase.step}`);
      return isLastStepDone(release) ? [after, place('beforePromotion')] : [after];
    }
    case 'watching':
      return [place('afterPromotion')];
    case 'rollingBack':
      return phase.zeroAtMs !== null && hadTraffic(release) ? [place('onRollback')] : [];
    case 'rolledBack':
      return [place('onRollback')];
    case 'failed':
      return phase.cause.reason === 'Superseded' ? [] : [place('onFailure')];
    default:
      return [];
  }
}

/** Where what is asked over and over is asked; null: nowhere. */
export function watchedPlace(release: Release, canary: CanaryState): Place | null {
  const { phase } = release;
  switch (phase.phase) {
    case 'preparing':
      return canary === 'ready' ? place('always') : null;
    case 'rollingBack':
      return phase.zeroAtMs !== null && hadTraffic(release) ? place('afterRollback') : null;
    case 'rolledBack':
      return place('afterRollback');
    case 'succeeded':
    case 'failed':
      return null;
    default:
      return place('always');
  }
}

export const isAt = ({ demand }: ReleaseCheck, { stage }: Place): boolean =>
  stage === 'always'
    ? demand.stages.length === 0
    : stage === 'afterRollback'
      ? demand.stages.length === 0 && demand.survives
      : demand.stages.includes(stage);

const hadTraffic = ({ weight }: Release): boolean => weight.firstTrafficAtMs !== null;

const isLastStepDone = (release: Release): boolean =>
  'step' in release.phase && release.phase.step === release.plan.steps.length - 1 && bakeEnded(release);
