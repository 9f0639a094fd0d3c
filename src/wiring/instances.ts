/** Latest state of every policy's instances, and word for the loop as soon as one changes. */
import type { Policy } from '../release/policy.ts';
import type { Workload, WorkloadState } from '../workload/workload.ts';

/** Whose instances they are. */
export interface Watched {
  readonly policy: Pick<Policy, 'name'>;
  readonly workload: Pick<Workload, 'observe' | 'onChange'>;
}

export class Instances {
  readonly #latest = new Map<string, WorkloadState>();
  readonly #stops: readonly (() => void)[];

  constructor(services: ReadonlyMap<string, Watched>, changed: (policy: string) => Promise<void>) {
    this.#stops = [...services.values()].map(({ policy, workload }) => {
      const look = async (): Promise<void> => {
        const seen = await workload.observe();
        if (seen.ok) this.#latest.set(policy.name, seen.value);
      };
      void look();
      return workload.onChange(() => void look().then(() => changed(policy.name)));
    });
  }

  latest(policy: string): WorkloadState | null {
    return this.#latest.get(policy) ?? null;
  }

  close(): void {
    for (const stop of this.#stops) stop();
  }
}
