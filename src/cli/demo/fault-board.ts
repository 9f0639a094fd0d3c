/** The faults of the demo as switches, for its script and for the keys: errors, slow answers, metrics that are gone. */
import type { Workload } from '../../workload/workload.ts';
import { usualErrors } from './demo-policy.ts';
import { inject } from './inject.ts';
import type { SampleFaults } from './sample-faults.ts';

export type FaultName = 'errors' | 'latency' | 'outage';

interface Fault {
  readonly on: Partial<SampleFaults>;
  readonly off: Partial<SampleFaults>;
  /** What it is, for people; `where` is the revision that has it. */
  readonly words: (where: string) => string;
}

const faults: Readonly<Record<FaultName, Fault>> = {
  errors: {
    on: { errorRate: 0.05 },
    off: { errorRate: usualErrors },
    words: (where) => `5 % errors in ${where}`,
  },
  latency: {
    on: { slowRate: 0.2, slowMs: 800 },
    off: { slowRate: 0 },
    words: (where) => `every fifth answer of ${where} takes 800 ms`,
  },
  outage: {
    on: { metricsDown: true },
    off: { metricsDown: false },
    words: () => 'no instance answers a scrape of its metrics',
  },
};

/**
 *   off ──switchOn──► on, in the revision that was named then (an outage: in all) ──switchOff──► off, in the same
 */
export class FaultBoard {
  readonly #workload: Workload;
  readonly #on = new Map<FaultName, string>();

  constructor(workload: Workload) {
    this.#workload = workload;
  }

  /** Whether that revision has it. */
  isOn(name: FaultName, revision: string): boolean {
    const where = this.#on.get(name);
    return where !== undefined && (where === revision || name === 'outage');
  }

  /** Answers what was done, as a sentence. */
  async switchOn(name: FaultName, revision: string): Promise<string> {
    const { on, words } = faults[name];
    const taken = await this.#inject(name, revision, on);
    if (taken === 0) return `no instance of ${revision} runs that could have ${name}`;
    this.#on.set(name, revision);
    return words(revision);
  }

  async switchOff(name: FaultName): Promise<string> {
    const revision = this.#on.get(name);
    if (revision === undefined) return `${name} was off`;
    this.#on.delete(name);
    await this.#inject(name, revision, faults[name].off);
    return `no more: ${faults[name].words(revision)}`;
  }

  #inject(name: FaultName, revision: string, change: Partial<SampleFaults>): Promise<number> {
    return inject({ workload: this.#workload, revision: name === 'outage' ? null : revision, faults: change });
  }
}
