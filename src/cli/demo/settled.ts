/** Whether a release of the demo has come to what the story waits for. */
import { isOver } from '../../release/phase.ts';
import type { Witness } from './witness.ts';

/** Promoted, or ended otherwise. */
export const isSettled = (witness: Witness, revision: string): boolean => {
  const seen = witness.of(revision);
  return seen !== null && (seen.promotedAtMs !== null || isOver(seen.release));
};
