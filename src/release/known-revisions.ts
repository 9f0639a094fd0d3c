/** What is remembered of revisions, in bounded room: each that is in use, then those that the newest releases refer to. */
import type { RevisionSpec } from '../workload/revision-spec.ts';
import { isOver } from './phase.ts';
import type { Release } from './release.ts';
import type { PolicyState } from './store.ts';

/** Up to so many nothing is forgotten: their names tell stable's history of the last days. */
export const mostRevisions = 300;

/** Characters of their JSON: a cluster takes no object of more than 1.5 MB, and escapes what is in this one. */
export const mostChars = 400_000;

/** A quarter stays free: not every start looks at all releases. */
const keptChars = (mostChars * 3) / 4;

/** It is time to ask which releases there are, before another revision is recorded. */
export const isCrowded = ({ revisions }: PolicyState): boolean =>
  Object.keys(revisions).length >= mostRevisions || JSON.stringify(revisions).length >= mostChars;

type Referring = Pick<Release, 'phase' | 'revision' | 'stableRevision' | 'supersededBy'>;

const namesIn = ({ revision, stableRevision, supersededBy }: Referring) => [revision, stableRevision, supersededBy];

/** Forgets what no release names and neither users nor the way back need, and where that is not enough what the oldest of `releases` (newest first) name; a forgotten name may be given anew. */
export function withoutForgotten(state: PolicyState, releases: readonly Referring[]): PolicyState {
  const { adopted, previous, revisions, stable } = state;
  const active = releases.filter((each) => !isOver(each)).flatMap(namesIn);
  const needed = new Set([stable, previous, ...(adopted?.formers ?? []), ...active]);
  const kept = new Set<string>();
  let chars = 0;
  for (const name of new Set([...needed, ...releases.flatMap(namesIn)])) {
    if (name === null || revisions[name] === undefined) continue;
    chars += JSON.stringify(revisions[name]).length;
    if (needed.has(name) || chars <= keptChars) kept.add(name);
  }
  return { ...state, revisions: Object.fromEntries(Object.entries(revisions).filter(([name]) => kept.has(name))) };
}

export const withRevision = (state: PolicyState, revision: string, spec: RevisionSpec): PolicyState => ({
  ...state,
  revisions: { ...state.revisions, [revision]: spec },
});
