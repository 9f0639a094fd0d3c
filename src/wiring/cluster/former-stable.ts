/** Revisions that a person set aside: their pods end when users have been on the one that was named for a while. */
import { ok, type Result } from '../../lib/result.ts';
import { wantedOf } from '../../release/instances.ts';
import type { PolicyState } from '../../release/store.ts';
import type { RevisionSpec } from '../../workload/revision-spec.ts';
import type { Workload, WorkloadState } from '../../workload/workload.ts';

/** A mesh may put off what it is told for so long, and what is under way then ends by itself. */
export const leaveAfterMs = 40_000;

export class FormerStable {
  readonly #waitMs: number;
  /** Since when users are on which revision; after a restart of the controller it begins anew. */
  #since: { readonly revision: string; readonly atMs: number } | null = null;

  constructor(waitMs: number) {
    this.#waitMs = waitMs;
  }

  /** Absolute and idempotent, once stable serves. `nowMs`: monotonic. */
  async round(
    { adopted, revisions, stable }: PolicyState,
    { workload, seen, nowMs }: { readonly workload: Workload; readonly seen: WorkloadState; readonly nowMs: number },
  ): Promise<Result<'waits' | 'done'>> {
    if (stable === null || adopted === undefined) return ok('done');
    const left = adopted.formers.filter((each) => each !== stable && wantedOf(seen, each) > 0);
    // What is ordered later waits anew.
    if (left.length === 0) this.#since = null;
    if (left.length === 0) return ok('done');
    if (this.#since?.revision !== stable) this.#since = { revision: stable, atMs: nowMs };
    if (nowMs - this.#since.atMs < this.#waitMs) return ok('waits');
    for (const revision of left) {
      const spec: RevisionSpec | undefined = revisions[revision];
      const stopped = spec === undefined ? ok(undefined) : await workload.ensure(revision, spec, 0);
      if (!stopped.ok) return stopped;
    }
    return ok('done');
  }
}
