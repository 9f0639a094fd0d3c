/** Keeps each backend of the data plane pointed at the ready instances of the revision that it serves. */
import { failed, ok, type Problem, type Result } from '../lib/result.ts';
import type { Backends, BackendTarget } from './backends.ts';
import type { Backend, WorkloadState } from './workload.ts';

/** Origins of a revision's ready instances; null for a revision that nobody knows. */
export type ReadyEndpoints = (revision: string) => readonly string[] | null;

export interface FollowerOptions {
  readonly backends: Backends;
  readonly ready: ReadyEndpoints;
  /** Stamped on writes until `serve` names a higher one. */
  readonly epoch: number;
}

type Serving = { -readonly [B in Backend]: string | null };

/**
 *   serve ─────────┐                       what is served is read back from the data plane at the start,
 *                  ├──► one at a time ──► point      and again whenever somebody else moved it
 *   instances ──► follow
 *
 * A backend is never emptied here: without a ready instance it keeps the endpoints it had.
 */
export class BackendFollower {
  readonly #backends: Backends;
  readonly #ready: ReadyEndpoints;
  readonly #serving: Serving = { stable: null, canary: null };
  /** Backends whose revision was set or read since the start. */
  readonly #known = new Set<Backend>();
  #endpoints: Readonly<Record<Backend, readonly string[]>> = { stable: [], canary: [] };
  #epoch: number;
  #queue: Promise<unknown> = Promise.resolve();
  #waiting: Promise<Result<void>> | null = null;

  constructor({ backends, ready, epoch }: FollowerOptions) {
    this.#backends = backends;
    this.#ready = ready;
    this.#epoch = epoch;
  }

  /** Revision that each backend served when last seen. */
  get serving(): WorkloadState['serving'] {
    return { ...this.#serving };
  }

  /** Whether a backend was last seen sending to this origin. */
  sendsTo(origin: string): boolean {
    return [this.#endpoints.stable, this.#endpoints.canary].some((endpoints) => endpoints.includes(origin));
  }

  /** Points a backend at a revision. Refuses stable without a ready instance; a canary may wait for its first. */
  serve(backend: Backend, revision: string | null, epoch: number): Promise<Result<void>> {
    return this.#inTurn(async () => {
      const endpoints = revision === null ? [] : this.#ready(revision);
      if (endpoints === null) return failed(unknownRevision(backend, revision));
      if (backend === 'stable' && endpoints.length === 0) return failed(nobodyReady(revision));
      this.#epoch = Math.max(this.#epoch, epoch);
      const pointed = await this.#backends.point({ backend, revision, endpoints, epoch });
      if (pointed.ok) this.#served(backend, { revision, endpoints });
      return pointed;
    });
  }

  /** Takes a revision out of the data plane before its last instance goes. Refuses what stable serves, or a canary that gets traffic. */
  vacate(revision: string): Promise<Result<void>> {
    return this.#inTurn(async () => {
      const current = await this.#backends.current();
      if (!current.ok) return current;
      const { stable, canary } = current.value;
      if (stable.revision === revision) return failed(stillServed(revision));
      if (canary.revision !== revision) return ok(undefined);
      const nothing: BackendTarget = { revision: null, endpoints: [] };
      const pointed = await this.#backends.point({ backend: 'canary', ...nothing, epoch: this.#epoch });
      if (pointed.ok) this.#served('canary', nothing);
      return pointed;
    });
  }

  /** Compares the data plane with the ready instances and corrects it. Calls while one waits are the same call. */
  follow(): Promise<Result<void>> {
    this.#waiting ??= this.#inTurn(() => {
      this.#waiting = null;
      return this.#compare();
    });
    return this.#waiting;
  }

  async #compare(): Promise<Result<void>> {
    const current = await this.#backends.current();
    if (!current.ok) return current;
    this.#endpoints = { stable: current.value.stable.endpoints, canary: current.value.canary.endpoints };
    const stable = await this.#correct('stable', current.value.stable);
    const canary = await this.#correct('canary', current.value.canary);
    return stable.ok ? canary : stable;
  }

  async #correct(backend: Backend, found: BackendTarget): Promise<Result<void>> {
    // A data plane that starts with nothing gets back what it served; one that serves something else was moved by somebody.
    if (found.revision !== null || !this.#known.has(backend)) this.#served(backend, found);
    const revision = this.#serving[backend];
    if (revision === null) return ok(undefined);
    const endpoints = this.#ready(revision) ?? [];
    const asWanted = found.revision === revision && sameOrigins(endpoints, found.endpoints);
    if (endpoints.length === 0 || asWanted) return ok(undefined);
    const pointed = await this.#backends.point({ backend, revision, endpoints, epoch: this.#epoch });
    if (pointed.ok) this.#served(backend, { revision, endpoints });
    return pointed;
  }

  #served(backend: Backend, { revision, endpoints }: BackendTarget): void {
    this.#known.add(backend);
    this.#serving[backend] = revision;
    this.#endpoints = { ...this.#endpoints, [backend]: endpoints };
  }

  /** Writes to the data plane never overtake one another. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(work);
    this.#queue = turn.catch(() => {});
    return turn;
  }
}

function sameOrigins(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((origin) => b.includes(origin));
}

function unknownRevision(backend: Backend, revision: string | null): Problem {
  const message = `${backend} can't serve ${revision}: no instance of it was asked for; ensure it first`;
  return { reason: 'UnknownRevision', message, retryable: false };
}

function nobodyReady(revision: string | null): Problem {
  const message =
    revision === null
      ? 'stable must serve some revision: users would get errors only'
      : `stable can't serve ${revision}: none of its instances is ready yet`;
  return { reason: 'NoReadyInstance', message, retryable: revision !== null };
}

function stillServed(revision: string): Problem {
  const message = `${revision} can't be stopped: stable serves it; point stable at another revision first`;
  return { reason: 'StillServed', message, retryable: false };
}
