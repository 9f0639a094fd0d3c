/** What a release means for the users just now, in one sentence that stays the same as long as that does. Pure. */
import type { Release } from '../../release/release.ts';
import { span } from '../../verdict/words.ts';

export const caption = (release: Release): string => {
  const { phase, revision, stableRevision } = release;
  switch (phase.phase) {
    case 'preparing':
      return `${revision} is started; no user gets it before it is ready`;
    case 'shifting':
    case 'baking':
      return atStep(release, phase.step);
    case 'promoting':
      return `${revision} takes the place of ${stableRevision ?? 'nothing'}`;
    case 'watching':
    case 'succeeded':
      return `${revision} is promoted: it is stable now`;
    case 'rollingBack':
      return `${phase.cause.rule ?? phase.cause.reason} takes ${revision} back: everybody gets ${stableRevision ?? 'nothing'}`;
    case 'rolledBack':
      return `${revision} is rolled back`;
    case 'failed':
      return `${revision} ended: ${phase.cause.message}`;
  }
};

const atStep = ({ plan, revision, stableRevision }: Release, step: number): string => {
  const { bakeMs = 0, weight = 0 } = plan.steps[step] ?? {};
  if (weight === 100) return `everybody gets ${revision}; ${stableRevision ?? 'nothing'} stands by for ${span(bakeMs)}`;
  return `${weight} % of the users get ${revision}: for ${span(bakeMs)} at least, and until every critical rule passes`;
};
