/** Router and instances of one release as plain values: the data plane's own rules over virtual time, without a process or a promise. */
import type { Action } from '../release/action.ts';
import { emptyRoute, restarted } from '../router/route.ts';
import type { RouteState } from '../router/router.ts';
import { Splitter } from '../router/splitter.ts';
import type { Backend, Instance, RevisionState, WorkloadState } from '../workload/workload.ts';

export const stableName = 'stable';
export const canaryName = 'canary';
const epoch = 1;

export interface WorldOptions {
  readonly startMs: number;
  readonly replicas: number;
  /** Somebody counts the requests that each backend gets. */
  readonly counts: 'requests' | 'nothing';
}

interface Revision {
  readonly wanted: number;
  readonly instances: readonly (Instance & { readonly readyAtMs: number })[];
}

export class VirtualWorld {
  readonly #options: WorldOptions;
  readonly #splitter: Splitter;
  readonly #revisions = new Map<string, Revision>();
  #serving: WorkloadState['serving'] = { stable: null, canary: null };
  #workload: WorkloadState | null = null;
  #nowMs: number;

  /** Stable runs and serves. */
  constructor(options: WorldOptions) {
    this.#options = options;
    this.#nowMs = options.startMs;
    this.#splitter = new Splitter(emptyRoute(options.startMs), () => 0);
    this.#scale(stableName, options.replicas, 0);
    this.#serve('stable', stableName);
  }

  route(): RouteState {
    const state = this.#splitter.state(0);
    return this.#options.counts === 'requests' ? state : { ...state, since: null };
  }

  workload(): WorkloadState {
    this.#workload ??= {
      observedAtMs: this.#nowMs,
      revisions: [...this.#revisions].map(
        ([revision, { instances, wanted }]): RevisionState => ({ revision, wanted, instances, failure: null }),
      ),
      serving: this.#serving,
    };
    return this.#workload;
  }

  /** Canary percent, and the revision that gets it and the one that gets the rest. */
  get split(): { readonly canary: number; readonly to: WorkloadState['serving'] } {
    return { canary: this.#splitter.route.canary, to: this.#serving };
  }

  ready(revision: string): number {
    return this.#revisions.get(revision)?.instances.filter(({ state }) => state === 'ready').length ?? 0;
  }

  /** Time passes: instances become ready. */
  goTo(nowMs: number): void {
    this.#nowMs = nowMs;
    const isDue = ({ readyAtMs, state }: Revision['instances'][number]): boolean =>
      state === 'starting' && readyAtMs <= nowMs;
    for (const [name, { instances, wanted }] of this.#revisions)
      if (instances.some(isDue))
        this.#set(name, { wanted, instances: instances.map((each) => (isDue(each) ? { ...each, ...ready } : each)) });
  }

  /** Requests went each way. */
  count(sent: Record<Backend, number>): void {
    this.#splitter.count(sent);
  }

  /** What can't be done now is left undone: the next look asks for it again. */
  perform(
    action: Action,
    { release, readyAfterMs }: { readonly release: string; readonly readyAfterMs: number },
  ): void {
    switch (action.kind) {
      case 'scale':
        return this.#scale(action.revision, action.replicas, readyAfterMs);
      case 'serve':
        return this.#serve(action.backend, action.revision);
      case 'weight': {
        const { canary, version, ...route } = this.#splitter.state(0);
        const quotes = action.canary > canary || route.release !== release;
        this.#splitter.write({ ...action, release, epoch, ifVersion: quotes ? version : null });
        return;
      }
      case 'closeStreams':
        return;
    }
  }

  /** Somebody else writes the weight. */
  interfere(canary: number): void {
    const { route } = this.#splitter;
    this.#splitter.replace({ ...route, canary, serial: route.serial + 1 });
  }

  /** The data plane starts anew, with whatever weight it finds. */
  restartRouter(canary: number): void {
    this.#splitter.replace({ ...restarted(this.#splitter.route, this.#nowMs), canary });
  }

  /** The route bears the mark of a rollback. */
  latch(release: string, canary: number): void {
    const { route } = this.#splitter;
    this.#splitter.replace({ ...route, canary, serial: route.serial + 1, latched: [...route.latched, release] });
  }

  lose(revision: string, lost: number | 'all'): void {
    const known = this.#revisions.get(revision);
    if (known === undefined) return;
    const instances = known.instances.map((each, n) =>
      lost === 'all' || n < lost
        ? { ...each, state: 'exited' as const, restarts: each.restarts + 1, message: 'lost' }
        : each,
    );
    this.#set(revision, { ...known, instances });
  }

  makeReady(revision: string): void {
    const known = this.#revisions.get(revision);
    if (known === undefined) return;
    this.#set(revision, { ...known, instances: known.instances.map((each) => ({ ...each, ...ready })) });
  }

  #scale(revision: string, wanted: number, readyAfterMs: number): void {
    if (wanted === 0 && this.#serving.stable === revision) return;
    if (wanted === 0) {
      this.#workload = null;
      this.#revisions.delete(revision);
      return;
    }
    const before = this.#revisions.get(revision)?.instances ?? [];
    const fresh = Array.from({ length: Math.max(0, wanted - before.length) }, (_, n) => {
      const id = `${revision}-${before.length + n + 1}`;
      const started = { id, url: `http://${id}.invalid`, pid: null, cwd: null, restarts: 0 };
      const readyAtMs = this.#nowMs + readyAfterMs;
      return readyAfterMs === 0
        ? { ...started, readyAtMs, ...ready }
        : { ...started, readyAtMs, state: 'starting' as const, message: 'starting' };
    });
    this.#set(revision, { wanted, instances: [...before, ...fresh].slice(0, wanted) });
  }

  #serve(backend: Backend, revision: string | null): void {
    if (revision !== null && this.ready(revision) === 0) return;
    if (this.#point(backend, revision)) this.#serving = { ...this.#serving, [backend]: revision };
    this.#workload = null;
  }

  /** A backend whose last instance is lost keeps its endpoints. */
  #point(backend: Backend, revision: string | null): boolean {
    const instances = revision === null ? [] : (this.#revisions.get(revision)?.instances ?? []);
    const endpoints = instances.filter(({ state }) => state === 'ready').map(({ url }) => url);
    return this.#splitter.point({ backend, revision, endpoints, epoch }) === null;
  }

  #set(revision: string, state: Revision): void {
    this.#workload = null;
    this.#revisions.set(revision, state);
    for (const backend of ['stable', 'canary'] as const)
      if (this.#serving[backend] === revision && this.ready(revision) > 0) this.#point(backend, revision);
  }
}

const ready = { state: 'ready', message: '' } as const;
