/** A policy's record with room for another revision. */
import { isCrowded, withoutForgotten } from '../release/known-revisions.ts';
import type { PolicyState, Store } from '../release/store.ts';

/** Whatever can't be read may refer to any revision: then all are kept. */
export async function tidied(state: PolicyState, store: Store): Promise<PolicyState> {
  if (!isCrowded(state)) return state;
  const [releases, unreadable] = await Promise.all([store.releases({ policy: state.policy }), store.unreadable()]);
  return releases.ok && unreadable.ok && unreadable.value.length === 0
    ? withoutForgotten(state, releases.value)
    : state;
}
