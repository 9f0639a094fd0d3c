/** What users left, the Deployment's own pods or revisions that a person set aside: it ends when they have been on stable for a while. */
import { ok, type Result } from '../../lib/result.ts';
import { wantedOf } from '../../release/instances.ts';
import type { PolicyState } from '../../release/store.ts';
import type { Wish } from '../../workload/kubernetes/wish.ts';
import type { KubernetesTarget } from '../../workload/kubernetes-target.ts';
import type { RevisionSpec } from '../../workload/revision-spec.ts';
import type { Workload, WorkloadState } from '../../workload/workload.ts';

/** A mesh may put off what it is told for so long, and what is under way then ends by itself. */
export const leaveAfterMs = 40_000;

interface Round extends Pick<Wish, 'standing'> {
  readonly target: Pick<KubernetesTarget, 'standDown'>;
  readonly workload: Workload;
  readonly seen: WorkloadState;
  /** Monotonic. */
  readonly nowMs: number;
}

export class FormerStable {
  readonly #waitMs: number;
  /** Since when users are on which revision; after a restart of the controller it begins anew. */
  #since: { readonly revision: string; readonly atMs: number } | null = null;

  constructor(waitMs: number) {
    this.#waitMs = waitMs;
  }

  /** Absolute and idempotent, once stable serves. */
  async round(
    { adopted, revisions, stable }: PolicyState,
    { nowMs, seen, standing, target, workload }: Round,
  ): Promise<Result<'waits' | 'done'>> {
    const formers = adopted?.formers ?? [];
    const left = formers.filter((each) => each !== stable && wantedOf(seen, each) > 0);
    const isNothing = stable === null || (left.length === 0 && standing === 'down');
    // What is left later waits anew.
    if (isNothing) this.#since = null;
    if (isNothing) return ok('done');
    if (this.#since?.revision !== stable) this.#since = { revision: stable, atMs: nowMs };
    if (nowMs - this.#since.atMs < this.#waitMs) return ok('waits');
    const down = standing === 'down' ? ok(undefined) : await target.standDown(nowMs);
    if (!down.ok) return down;
    for (const revision of left) {
      const spec: RevisionSpec | undefined = revisions[revision];
      const stopped = spec === undefined ? ok(undefined) : await workload.ensure(revision, spec, 0);
      if (!stopped.ok) return stopped;
    }
    return ok('done');
  }
}
