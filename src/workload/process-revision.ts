/** A revision that Sluice runs: as many processes of its command as are wanted. */
import type { Clock } from '../lib/clock.ts';
import { contentHash } from '../lib/content-hash.ts';
import type { Problem } from '../lib/result.ts';
import { ProcessInstance } from './process-instance.ts';
import type { InstanceRecord } from './process-records.ts';
import type { ProcessRegistry } from './process-registry.ts';
import type { ProcessTiming } from './process-timing.ts';
import type { RevisionRunner, RunnerHooks } from './revision-runner.ts';
import type { CommandSpec, RevisionSpec } from './revision-spec.ts';
import type { RevisionState } from './workload.ts';

export interface ProcessRevisionOptions {
  readonly revision: string;
  readonly spec: CommandSpec;
  readonly registry: ProcessRegistry;
  readonly timing: ProcessTiming;
  readonly clock: Clock;
  readonly hooks: RunnerHooks;
  readonly takenPorts: () => ReadonlySet<number>;
}

/**
 *   ensure ──► too few: the next ordinals are started
 *          └─► too many: the newest leave ──► out of the data plane ──► drained ──► stopped ──► forgotten
 */
export class ProcessRevision implements RevisionRunner {
  readonly #options: ProcessRevisionOptions;
  #spec: CommandSpec;
  #wanted = 0;
  #instances: readonly ProcessInstance[] = [];
  readonly #leaving = new Set<ProcessInstance>();

  constructor(options: ProcessRevisionOptions) {
    this.#options = options;
    this.#spec = options.spec;
  }

  get ports(): readonly number[] {
    return this.#instances.map(({ record }) => record.port);
  }

  /** Paths of its instances' logs. */
  get logs(): readonly string[] {
    return this.#instances.map(({ record }) => this.#options.registry.logPath(record.id));
  }

  state(): RevisionState {
    return {
      revision: this.#options.revision,
      wanted: this.#wanted,
      instances: this.#instances.map((instance) => {
        const view = instance.view();
        return this.#leaving.has(instance) ? { ...view, state: 'unready', message: 'being stopped' } : view;
      }),
      failure: this.#staying().find(({ failure }) => failure !== null)?.failure ?? null,
    };
  }

  ready(): readonly string[] {
    return this.#staying()
      .filter(({ isReady }) => isReady)
      .map(({ origin }) => origin);
  }

  /** Takes up what an earlier controller started, before anything else is asked. */
  async resume(records: readonly InstanceRecord[], wanted: number): Promise<void> {
    this.#wanted = wanted;
    this.#instances = records.map((record) => this.#instance(record));
    await Promise.all(this.#instances.map((instance) => instance.begin()));
    await this.#reconcile();
  }

  objection(spec: RevisionSpec): Problem | null {
    if (spec.kind !== 'command') return otherCommand(this.#options.revision);
    const same = this.#instances.length === 0 || hashOf(spec) === hashOf(this.#spec);
    return same ? null : otherCommand(this.#options.revision);
  }

  async ensure(spec: RevisionSpec, replicas: number): Promise<void> {
    if (spec.kind !== 'command') return;
    this.#spec = spec;
    this.#wanted = replicas;
    await this.#reconcile();
  }

  /** Instances that leave may hold others back; called again whenever one changes. */
  async #reconcile(): Promise<void> {
    const staying = this.#staying();
    const missing = Math.max(0, this.#wanted - staying.length);
    const fresh = Array.from({ length: missing }, (_, index) => this.#instance(this.#nextRecord(index + 1)));
    this.#instances = [...this.#instances, ...fresh];
    const excess = staying.slice(this.#wanted);
    for (const instance of excess) {
      if (this.#mayLeave(instance)) void this.#retire(instance);
    }
    if (this.#wanted === 0 && this.#instances.length === 0) this.#options.hooks.empty();
    await Promise.all(fresh.map((instance) => instance.begin()));
  }

  /** While users depend on this revision its last ready instance stays, however new it is. */
  #mayLeave(instance: ProcessInstance): boolean {
    if (this.#wanted === 0 || !instance.isReady) return true;
    return this.#staying().some((other) => other !== instance && other.isReady);
  }

  async #retire(instance: ProcessInstance): Promise<void> {
    const { hooks, registry } = this.#options;
    this.#leaving.add(instance);
    hooks.changed();
    await hooks.detach(instance.origin);
    await instance.stop();
    this.#leaving.delete(instance);
    this.#instances = this.#instances.filter((other) => other !== instance);
    registry.removeInstance(instance.record.id);
    hooks.changed();
    if (this.#wanted === 0 && this.#instances.length === 0) hooks.empty();
  }

  #staying(): readonly ProcessInstance[] {
    return this.#instances.filter((instance) => !this.#leaving.has(instance));
  }

  #nextRecord(offset: number): InstanceRecord {
    const ordinal = Math.max(0, ...this.#instances.map(({ record }) => record.ordinal)) + offset;
    const { revision } = this.#options;
    return {
      version: 1,
      id: `${revision}-${ordinal}`,
      revision,
      ordinal,
      launchId: '',
      pid: null,
      mark: null,
      port: 0,
      ready: false,
      restarts: 0,
      deaths: [],
    };
  }

  #instance(record: InstanceRecord): ProcessInstance {
    const { registry, timing, clock, hooks, takenPorts } = this.#options;
    const changed = () => {
      hooks.changed();
      if (this.#staying().length > this.#wanted) void this.#reconcile();
    };
    return new ProcessInstance(record, { spec: this.#spec, registry, timing, clock, changed, takenPorts });
  }

  close(): void {
    for (const instance of this.#instances) instance.close();
  }

  async stop(): Promise<void> {
    this.#wanted = 0;
    const { registry } = this.#options;
    await Promise.all(
      this.#instances.map(async (instance) => {
        await instance.stop();
        registry.removeInstance(instance.record.id);
      }),
    );
    this.#instances = [];
  }
}

/** Everything but the count. */
function hashOf({ command, env, cwd, healthPath }: CommandSpec): string {
  return contentHash({ command, env, cwd, healthPath });
}

function otherCommand(revision: string): Problem {
  const message = `${revision} runs already, with another command, environment, directory or health path; give what has changed another name`;
  return { reason: 'RevisionChanged', message, retryable: false };
}
