/** How long a stable revision is waited for that users never were on: readyWithin holds for it as for any other. */

import { formatDuration } from '../../lib/duration.ts';
import type { Problem } from '../../lib/result.ts';
import { readyOf, wantedOf } from '../../release/instances.ts';
import type { PolicyState } from '../../release/store.ts';
import type { WorkloadState } from '../../workload/workload.ts';

export const notReadyInTime = 'NotReadyInTime';

interface Look {
  readonly seen: WorkloadState;
  /** Monotonic. */
  readonly nowMs: number;
  readonly withinMs: number;
}

export class FirstWait {
  /** After a restart of the controller it begins anew. */
  #since: { readonly revision: string; readonly atMs: number } | null = null;

  /** null: it serves, or there is time left. */
  late({ previous, stable }: PolicyState, { nowMs, seen, withinMs }: Look): Problem | null {
    if (stable === null || previous !== null || seen.serving.stable !== null) {
      this.#since = null;
      return null;
    }
    if (this.#since?.revision !== stable) this.#since = { revision: stable, atMs: nowMs };
    const waitedMs = nowMs - this.#since.atMs;
    return waitedMs < withinMs ? null : tooLate(stable, seen, waitedMs);
  }
}

const tooLate = (stable: string, seen: WorkloadState, waitedMs: number): Problem => ({
  reason: notReadyInTime,
  message: `${readyOf(seen, stable)} of ${wantedOf(seen, stable)} pods of ${stable} are ready after ${formatDuration(Math.floor(waitedMs / 1_000) * 1_000)}, longer than readyWithin: users stay where they are; look at those pods, and apply a template that gets ready: it is taken instead as soon as its Deployment has rolled out`,
  retryable: true,
});
