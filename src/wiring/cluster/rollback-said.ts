/** What was said about the rollback of a policy's next release. */
import { ok, type Result } from '../../lib/result.ts';
import { annotatedRollback, type OwnRollback } from '../../release/own-rollback.ts';
import type { Store } from '../../release/store.ts';
import type { Wish } from '../../workload/kubernetes/wish.ts';

interface Next extends Pick<Wish, 'revision' | 'rollback'> {
  /** Whose annotation it is. */
  readonly who: string;
}

/** By a person when something had to make way for it, else by its annotation; null: nothing. */
export async function rollbackSaid(
  store: Store,
  policy: string,
  { revision, rollback, who }: Next,
): Promise<Result<OwnRollback | null>> {
  const newest = await store.releases({ policy, limit: 1 });
  if (!newest.ok) return newest;
  const [before] = newest.value;
  const said = before?.supersededBy === revision ? before.successorRollback : null;
  return said === null ? annotatedRollback(rollback, who) : ok(said);
}
