/** Workload of local processes, existing endpoints, and hosts: starts, probes, restarts and stops them, and keeps the backends pointed at the ready ones. */
import { setTimeout as delay } from 'node:timers/promises';
import { type Clock, systemClock } from '../lib/clock.ts';
import { contentHash } from '../lib/content-hash.ts';
import { failed, ok, type Problem, type Result } from '../lib/result.ts';
import { BackendFollower } from './backend-follower.ts';
import type { Backends } from './backends.ts';
import { EndpointRevision } from './endpoint-revision.ts';
import { HostFleet } from './host-fleet.ts';
import { HostRevision } from './host-revision.ts';
import { findStarted } from './process-find.ts';
import { pruneLogs, rotateLog } from './process-log.ts';
import type { InstanceRecord, RevisionRecord } from './process-records.ts';
import { ProcessRegistry, type Registered } from './process-registry.ts';
import { ProcessRevision } from './process-revision.ts';
import { stopProcess } from './process-stop.ts';
import { defaultProcessTiming, type ProcessTiming } from './process-timing.ts';
import type { RevisionRunner, RunnerHooks } from './revision-runner.ts';
import type { LocalSpec, RevisionSpec } from './revision-spec.ts';
import type { Backend, Workload, WorkloadState } from './workload.ts';

export interface ProcessWorkloadOptions {
  /** Directory of its own; made when missing. Two controllers on one are excluded by whoever holds the store's lock. */
  readonly stateDir: string;
  readonly backends: Backends;
  /** This controller's epoch, stamped on what it points by itself. */
  readonly epoch: number;
  readonly timing?: Partial<ProcessTiming>;
  readonly clock?: Clock;
}

interface Kept {
  readonly record: RevisionRecord;
  readonly runner: RevisionRunner;
}

/** How long an instance that leaves may keep being sent to, when the data plane can't be told. */
const detachWithinMs = 10_000;

/**
 *   open ──► takes up what the records speak of ──► ensure, serve, observe ──► close (processes run on)
 *                                                                         └──► stopAll (nothing is left)
 *
 *   instances ──change──► listeners, and the follower that points the backends at the ready ones
 */
export class ProcessWorkload implements Workload {
  readonly #registry: ProcessRegistry;
  readonly #timing: ProcessTiming;
  readonly #clock: Clock;
  readonly #backends: Backends;
  readonly #follower: BackendFollower;
  readonly #fleet: HostFleet;
  readonly #revisions = new Map<string, Kept>();
  readonly #listeners = new Set<() => void>();
  #timers: readonly NodeJS.Timeout[] = [];
  #isOpen = false;

  private constructor({ stateDir, backends, epoch, timing, clock }: ProcessWorkloadOptions) {
    this.#registry = new ProcessRegistry(stateDir);
    this.#timing = { ...defaultProcessTiming, ...timing };
    this.#clock = clock ?? systemClock;
    this.#backends = backends;
    const ready = (revision: string) => this.#revisions.get(revision)?.runner.ready() ?? null;
    this.#follower = new BackendFollower({ backends, ready, epoch });
    this.#fleet = new HostFleet({
      ...{ registry: this.#registry, timing: this.#timing, clock: this.#clock },
      changed: () => this.#changed(),
      sendsTo: (origin) => this.#follower.sendsTo(origin),
      leave: (origin) => this.#leave(origin),
    });
  }

  /** Takes up the processes of an earlier controller. Fails with `RegistryUnreadable`; the data plane may be away. */
  static async open(options: ProcessWorkloadOptions): Promise<Result<ProcessWorkload>> {
    const workload = new ProcessWorkload(options);
    const registered = workload.#registry.load();
    if (!registered.ok) return registered;
    await workload.#resume(registered.value);
    await workload.#begin();
    return ok(workload);
  }

  async observe(): Promise<Result<WorkloadState>> {
    return ok({
      observedAtMs: this.#clock.wallMs(),
      revisions: [...this.#revisions.values()].map(({ runner }) => runner.state()),
      serving: this.#follower.serving,
    });
  }

  async ensure(revision: string, spec: RevisionSpec, replicas: number): Promise<Result<void>> {
    if (spec.kind === 'pods') return failed(noProcesses(revision));
    const known = this.#revisions.get(revision);
    if (known === undefined && replicas === 0) return ok(undefined);
    const runner = known?.runner ?? this.#runner(revision, spec);
    const objection = runner.objection(spec);
    if (objection !== null) return failed(objection);
    if (replicas === 0) {
      const vacated = await this.#follower.vacate(revision);
      if (!vacated.ok) return vacated;
    }
    const createdAtMs = known?.record.createdAtMs ?? this.#clock.wallMs();
    const saved = this.#keep({ version: 1, revision, createdAtMs, spec, wanted: replicas }, runner);
    if (saved.ok) await runner.ensure(spec, replicas);
    return saved;
  }

  serve(backend: Backend, revision: string | null, epoch: number): Promise<Result<void>> {
    return this.#follower.serve(backend, revision, epoch);
  }

  /** Calls the listener after every change of an instance; answers how to end that. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Looks no more and writes no more; every process runs on, and the next `open` takes it up. */
  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers = [];
    this.#isOpen = false;
    this.#fleet.close();
    for (const { runner } of this.#revisions.values()) runner.close();
  }

  /** Ends every process and forgets every revision; the data plane is left as it is. Settles when none runs. */
  async stopAll(): Promise<void> {
    this.close();
    const kept = [...this.#revisions.keys()];
    await Promise.all([...this.#revisions.values()].map(({ runner }) => runner.stop()));
    for (const revision of kept) this.#forget(revision);
  }

  async #resume({ revisions, instances, hosts }: Registered): Promise<void> {
    const probed = this.#fleet.resume(hosts);
    const known = new Set(revisions.map(({ revision }) => revision));
    const orphans = instances.filter(({ revision }) => !known.has(revision));
    await Promise.all([
      ...revisions.map((record) => {
        const runner = this.#runner(record.revision, record.spec);
        this.#revisions.set(record.revision, { record, runner });
        return runner.resume(
          instances.filter(({ revision }) => revision === record.revision),
          record.wanted,
        );
      }),
      ...orphans.map((record) => this.#end(record)),
      probed,
    ]);
  }

  /** A process whose revision nobody knows any more. */
  async #end(record: InstanceRecord): Promise<void> {
    const found = findStarted(record);
    if (found !== null) await stopProcess({ ...found, graceMs: this.#timing.graceMs });
    this.#registry.removeInstance(record.id);
  }

  async #begin(): Promise<void> {
    this.#isOpen = true;
    await this.#follower.follow();
    this.#timers = [
      setInterval(() => void this.#follower.follow(), this.#timing.followMs),
      setInterval(() => void this.#rotateLogs(), this.#timing.logsMs),
    ];
  }

  #runner(revision: string, spec: LocalSpec): RevisionRunner {
    const hooks: RunnerHooks = {
      changed: () => this.#changed(),
      detach: (origin) => this.#detach(origin),
      empty: () => this.#forget(revision),
    };
    if (spec.kind === 'hosts') return new HostRevision({ revision, spec, fleet: this.#fleet, hooks });
    if (spec.kind === 'endpoints') return new EndpointRevision({ revision, spec, timing: this.#timing.probe, hooks });
    return new ProcessRevision({
      revision,
      spec,
      registry: this.#registry,
      timing: this.#timing,
      clock: this.#clock,
      hooks,
      takenPorts: () => new Set([...this.#revisions.values()].flatMap(({ runner }) => runner.ports)),
    });
  }

  #keep(record: RevisionRecord, runner: RevisionRunner): Result<void> {
    const before = this.#revisions.get(record.revision)?.record;
    if (before !== undefined && contentHash(before) === contentHash(record)) return ok(undefined);
    const saved = this.#registry.saveRevision(record);
    if (saved.ok) this.#revisions.set(record.revision, { record, runner });
    return saved;
  }

  #forget(revision: string): void {
    this.#revisions.delete(revision);
    this.#registry.removeRevision(revision);
  }

  #changed(): void {
    if (!this.#isOpen) return;
    void this.#follower.follow();
    for (const listener of this.#listeners) listener();
  }

  /** Out of the data plane and drained, or the time for that is over. */
  async #detach(origin: string): Promise<void> {
    const isSentTo = (): boolean => this.#follower.sendsTo(origin) || !this.#backends.allHeard();
    if (!isSentTo()) return;
    const deadline = performance.now() + detachWithinMs;
    do {
      await this.#follower.follow();
      await delay(this.#timing.drainMs);
    } while (isSentTo() && performance.now() < deadline);
  }

  /** Whether nothing is sent there any more, by the data plane's own word. */
  async #leave(origin: string): Promise<boolean> {
    const followed = await this.#follower.follow();
    return followed.ok && !this.#follower.sendsTo(origin) && this.#backends.allHeard();
  }

  async #rotateLogs(): Promise<void> {
    const logs = [...this.#revisions.values()].flatMap(({ runner }) => runner.logs);
    for (const path of logs) await rotateLog(path, this.#timing.logBytes);
    await pruneLogs(this.#registry.logsDir, logs);
  }
}

const noProcesses = (revision: string): Problem => ({
  reason: 'WrongKind',
  message: `${revision} is made of pods of a cluster, which run without this machine's processes`,
  retryable: false,
});
