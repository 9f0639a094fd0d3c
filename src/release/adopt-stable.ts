/** A revision that was stable before, or is kept, becomes stable because a person says so: a change of the policy's record, which the workload follows. */
import { failed, ok, type Problem, type Result } from '../lib/result.ts';
import type { Adoption } from './adoption.ts';
import { withFrozen } from './frozen-revisions.ts';
import type { PolicyState } from './store.ts';

/** One after the other, before any of them had pods. */
const mostFormers = 5;

/** What was stable is frozen: its Deployment still asks for it, and it comes back by a person's word alone. The same object when it is stable already. */
export function adoptStable(state: PolicyState, given: Omit<Adoption, 'formers'>): Result<PolicyState> {
  const { stable } = state;
  const { revision } = given;
  if (stable === null) return failed(noneYet(state.policy));
  if (stable === revision) return ok(state);
  if (state.revisions[revision] === undefined) return failed(notKept(state.policy, revision, []));
  const before = state.adopted?.revision === stable ? state.adopted.formers : [];
  const formers = [...new Set([stable, ...before])].filter((each) => each !== revision).slice(0, mostFormers);
  const thawed = { ...state, frozen: state.frozen.filter((each) => each !== revision) };
  return ok({ ...withFrozen(thawed, stable), stable: revision, previous: stable, adopted: { ...given, formers } });
}

/** `kept`: the revisions that could be taken. */
export const notKept = (policy: string, revision: string, kept: readonly string[]): Problem => ({
  reason: 'RevisionUnknown',
  message: `nothing is kept of revision ${revision} of ${policy}${kept.length === 0 ? '' : `; there are ${kept.join(', ')}`}: apply its template again, and it comes as a release`,
  retryable: false,
});

const noneYet = (policy: string): Problem => ({
  reason: 'NotYetServed',
  message: `${policy} has no stable revision yet: its Deployment is taken over first`,
  retryable: false,
});
