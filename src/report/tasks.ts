/** What is left to do by people after a release, and who has done it: a result of that name for the revision ticks it. */
import { resultOf } from '../release/attest.ts';
import type { Release } from '../release/release.ts';
import type { PolicyState } from '../release/store.ts';

export interface TaskView {
  readonly name: string;
  readonly what: string;
  readonly done: boolean;
  readonly who: string | null;
  readonly atMs: number | null;
  /** What was said with it. */
  readonly note: string;
}

export const tasksOf = ({ revision, tasks }: Release, policy: PolicyState | null): readonly TaskView[] =>
  tasks.map(({ name, what }) => {
    const said = resultOf(policy?.attested ?? [], name, revision);
    return {
      name,
      what,
      done: said?.outcome === 'pass',
      who: said?.who ?? null,
      atMs: said?.atMs ?? null,
      note: said?.reason ?? '',
    };
  });
