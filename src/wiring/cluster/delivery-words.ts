/** What a policy waits for before its next release, in sentences. */
import type { Problem } from '../../lib/result.ts';
import type { PolicyHealth } from '../../release/policy-conditions.ts';
import type { Release } from '../../release/release.ts';
import type { PolicyState } from '../../release/store.ts';
import type { Wish } from '../../workload/kubernetes/wish.ts';

type Pending = PolicyHealth['pending'];

/** Changes that belong together come one after the other. */
export const settleMs = 15_000;

export const settling = ({ revision }: Wish): Pending => ({
  reason: 'Settling',
  message: `${revision} is asked for: its release begins when nothing has changed for ${settleMs / 1000} s`,
});

export const makesWay = ({ revision }: Wish, running: Release): Pending => ({
  reason: 'MakingWay',
  message: `${revision} is asked for: its release begins when ${running.id} has made way`,
});

export const takenForFrozen = ({ revision }: Wish): Pending => ({
  reason: 'RevisionFrozen',
  message: `${revision} can't be told from one that was taken back long ago, so it is not begun: sluice retry`,
});

/** A release that is under way is looked after to its end. */
export const takenOver: Problem = {
  reason: 'TakenOver',
  message:
    'spec.mode observe is for a rollout that somebody else drives, and Sluice delivers this one: nothing is begun until you write enforce or advise, or delete the policy, which gives the Deployment back, and apply it again',
  retryable: false,
};

/** Nothing of it was ever taken over. */
export const isObserved = ({ revisions, stable }: PolicyState): boolean =>
  stable !== null && revisions[stable]?.kind === 'endpoints';

export const stillObserved = ({ id }: Release): Problem => ({
  reason: 'StillObserved',
  message: `release ${id} only observes what somebody else drives: abort it, and what they drive, before Sluice delivers`,
  retryable: true,
});
