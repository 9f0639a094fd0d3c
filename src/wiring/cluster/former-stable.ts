/** What users left, the Deployment's own pods or revisions that a person set aside: it ends when they have been on stable for a while. */
import { ok, type Result } from '../../lib/result.ts';
import { wantedOf } from '../../release/instances.ts';
import type { PolicyState, Store } from '../../release/store.ts';
import type { Wish } from '../../workload/kubernetes/wish.ts';
import type { KubernetesTarget } from '../../workload/kubernetes-target.ts';
import type { Workload, WorkloadState } from '../../workload/workload.ts';
import type { Starter } from '../starter.ts';

/** A mesh may put off what it is told for so long, and what is under way then ends by itself. */
export const leaveAfterMs = 40_000;

interface Round extends Pick<Wish, 'standing'> {
  readonly target: Pick<KubernetesTarget, 'standDown'>;
  readonly workload: Workload;
  readonly starter: Pick<Starter, 'whileIdle'>;
  readonly store: Pick<Store, 'policy'>;
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
  async round({ adopted, policy, stable }: PolicyState, round: Round): Promise<Result<'waits' | 'done'>> {
    const { nowMs, seen, standing, target } = round;
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
      const stopped = await stop(round, { policy, revision, stable });
      if (!stopped.ok) return stopped;
    }
    return ok('done');
  }
}

interface Left {
  readonly policy: string;
  readonly revision: string;
  readonly stable: string;
}

/** With it go revisions that nobody runs any more: nobody makes one of them stable meanwhile. */
const stop = ({ starter, store, workload }: Round, { policy, revision, stable }: Left): Promise<Result<void>> =>
  starter.whileIdle(policy, async () => {
    const state = await store.policy(policy);
    if (!state.ok) return state;
    const spec = state.value?.revisions[revision];
    if (state.value?.stable !== stable || spec === undefined) return ok(undefined);
    return workload.ensure(revision, spec, 0);
  });
