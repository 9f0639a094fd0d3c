/** What is remembered of revisions: each that anything still refers to, and never more than a bounded number of others. */
import type { RevisionSpec } from '../workload/revision-spec.ts';
import type { Release } from './release.ts';
import type { PolicyState } from './store.ts';

/** Up to so many nothing is forgotten: their names tell stable's history of the last days. */
export const mostRevisions = 300;

/** It is time to ask which releases there are, before another revision is recorded. */
export const isCrowded = ({ revisions }: PolicyState): boolean => Object.keys(revisions).length >= mostRevisions;

type Referring = Pick<Release, 'revision' | 'stableRevision' | 'supersededBy'>;

/** Forgets what no release names and neither users nor the way back need; a forgotten name may be given anew. */
export function withoutForgotten(state: PolicyState, releases: readonly Referring[]): PolicyState {
  const named = releases.flatMap(({ revision, stableRevision, supersededBy }) => [
    revision,
    stableRevision,
    supersededBy,
  ]);
  const needed = new Set([state.stable, state.previous, ...named]);
  const kept = Object.entries(state.revisions).filter(([name]) => needed.has(name));
  return { ...state, revisions: Object.fromEntries(kept) };
}

export const withRevision = (state: PolicyState, revision: string, spec: RevisionSpec): PolicyState => ({
  ...state,
  revisions: { ...state.revisions, [revision]: spec },
});
