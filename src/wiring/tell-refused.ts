/** Orders that nothing came of stand in the trail, too. */
import type { Result } from '../lib/result.ts';
import type { Release } from '../release/release.ts';
import type { Store } from '../release/store.ts';
import type { ReleaseAction } from '../server/controls.ts';
import type { TrailKeeper } from './keep-trail.ts';

interface Around {
  readonly store: Pick<Store, 'release'>;
  readonly trail?: Pick<TrailKeeper, 'refused'>;
}

interface Given {
  readonly id: string;
  readonly action: ReleaseAction;
}

/** Answers what was done. One that came as an object is told by who took it, and one about no release by nobody. */
export async function tellRefused(
  { store, trail }: Around,
  { id, action }: Given,
  done: Promise<Result<Release>>,
): Promise<Result<Release>> {
  const result = await done;
  if (result.ok || result.error.retryable || action.order !== undefined) return result;
  const release = await store.release(id);
  if (!release.ok || release.value === null) return result;
  const { policy, revision } = release.value;
  const { kind, reason, who } = action;
  trail?.refused({ policy, revision, action: kind, who, why: reason, problem: result.error });
  return result;
}
