/** In-memory workload for dry runs and tests: instances become ready, die and fail on demand. */
import { failed, ok, type Problem, type Result } from '../lib/result.ts';
import { BackendFollower } from './backend-follower.ts';
import type { Backends } from './backends.ts';
import type { Failure } from './failure.ts';
import type { RevisionSpec } from './revision-spec.ts';
import type { Backend, Instance, Workload, WorkloadState } from './workload.ts';

export interface MemoryWorkloadOptions {
  readonly backends: Backends;
  readonly epoch?: number;
  /** New instances are ready `atOnce`, or when `makeReady` says so; default onDemand. */
  readonly readiness?: 'atOnce' | 'onDemand';
  readonly wallMs?: () => number;
}

interface Revision {
  readonly wanted: number;
  readonly instances: readonly Instance[];
  readonly failure: Failure | null;
}

const nothing: Revision = { wanted: 0, instances: [], failure: null };

export class MemoryWorkload implements Workload {
  readonly #readiness: 'atOnce' | 'onDemand';
  readonly #wallMs: () => number;
  readonly #follower: BackendFollower;
  readonly #revisions = new Map<string, Revision>();
  readonly #listeners = new Set<() => void>();
  #problems: Problem[] = [];

  constructor({ backends, epoch = 0, readiness = 'onDemand', wallMs = () => 0 }: MemoryWorkloadOptions) {
    this.#readiness = readiness;
    this.#wallMs = wallMs;
    const ready = (revision: string) => this.#revisions.get(revision)?.instances.filter(isReady).map(urlOf) ?? null;
    this.#follower = new BackendFollower({ backends, ready, epoch });
  }

  async observe(): Promise<Result<WorkloadState>> {
    const problem = this.#problems.shift();
    if (problem !== undefined) return failed(problem);
    const revisions = [...this.#revisions].map(([revision, state]) => ({ revision, ...state }));
    return ok({ observedAtMs: this.#wallMs(), revisions, serving: this.#follower.serving });
  }

  async ensure(revision: string, _spec: RevisionSpec, replicas: number): Promise<Result<void>> {
    const problem = this.#problems.shift();
    if (problem !== undefined) return failed(problem);
    const known = this.#revisions.get(revision);
    if (replicas > 0) {
      this.#set(revision, this.#scaled(revision, known ?? nothing, replicas));
      return ok(undefined);
    }
    if (known === undefined) return ok(undefined);
    const vacated = await this.#follower.vacate(revision);
    if (vacated.ok) this.#revisions.delete(revision);
    return vacated;
  }

  async serve(backend: Backend, revision: string | null, epoch: number): Promise<Result<void>> {
    const problem = this.#problems.shift();
    return problem === undefined ? this.#follower.serve(backend, revision, epoch) : failed(problem);
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** All instances of the revision are ready, and it has not failed. Settles when the backends know. */
  makeReady(revision: string): Promise<void> {
    return this.#change(revision, (state) => ({
      ...state,
      failure: null,
      instances: state.instances.map((instance) => ({ ...instance, state: 'ready', message: '' })),
    }));
  }

  /** Takes one instance out of the ready ones: hanging (`unready`) or dead (`exited`, a restart more). */
  lose(revision: string, id: string, state: 'unready' | 'exited'): Promise<void> {
    const lost = (instance: Instance): Instance => ({
      ...instance,
      state,
      restarts: instance.restarts + (state === 'exited' ? 1 : 0),
      message: `${state} on demand`,
    });
    return this.#change(revision, (before) => ({
      ...before,
      instances: before.instances.map((instance) => (instance.id === id ? lost(instance) : instance)),
    }));
  }

  /** The revision has failed for good: every instance has exited. */
  fail(revision: string, failure: Failure): Promise<void> {
    return this.#change(revision, (state) => ({
      ...state,
      failure,
      instances: state.instances.map((instance) => ({ ...instance, state: 'exited', message: failure.message })),
    }));
  }

  /** The next call of `observe`, `ensure` or `serve` answers this problem; several are met in turn. */
  inject(...problems: readonly Problem[]): void {
    this.#problems.push(...problems);
  }

  #scaled(revision: string, { instances, failure }: Revision, wanted: number): Revision {
    const newest = Number(instances.at(-1)?.id.split('-').at(-1) ?? 0);
    const missing = Math.max(0, wanted - instances.length);
    const fresh = Array.from({ length: missing }, (_, index) => this.#instance(`${revision}-${newest + index + 1}`));
    return { wanted, failure, instances: [...instances, ...fresh].slice(0, wanted) };
  }

  #instance(id: string): Instance {
    const base = { id, url: `http://${id}.invalid`, pid: null, cwd: null, restarts: 0 };
    return this.#readiness === 'atOnce'
      ? { ...base, state: 'ready', message: '' }
      : { ...base, state: 'starting', message: 'not made ready yet' };
  }

  async #change(revision: string, change: (state: Revision) => Revision): Promise<void> {
    const known = this.#revisions.get(revision);
    if (known === undefined) throw new Error(`no revision ${revision} was asked for`);
    this.#set(revision, change(known));
    await this.#follower.follow();
  }

  #set(revision: string, state: Revision): void {
    this.#revisions.set(revision, state);
    void this.#follower.follow();
    for (const listener of this.#listeners) listener();
  }
}

function isReady({ state }: Instance): boolean {
  return state === 'ready';
}

function urlOf({ url }: Instance): string {
  return url;
}
