/** In-memory router and backends for dry runs and tests: the proxy's rule book without a proxy, and with faults on demand. */
import { failed, ok, type Result } from '../lib/result.ts';
import type { BackendChange, Backends, BackendTargets } from '../workload/backends.ts';
import { backendProblem } from './backend-problem.ts';
import type { Backend, Random } from './deck.ts';
import { emptyRoute, restarted, type Target } from './route.ts';
import type { Router, RouteState, WeightWrite, WriteProblem } from './router.ts';
import { Splitter } from './splitter.ts';

export type MemoryFault =
  /** The next write is lost; its outcome is unknown. */
  | 'lost'
  /** The next write lands, its answer is lost. */
  | 'answerLost'
  /** The next write is under way until `land()`; its outcome is unknown. */
  | 'late'
  /** Somebody else writes just before the next write: a raise meets a conflict. */
  | 'overtaken'
  /** The next call of any kind finds nobody. */
  | 'unreachable';

export interface MemoryRouterOptions {
  readonly stable?: Target;
  readonly canary?: Target;
  readonly nowMs?: number;
  readonly random?: Random;
}

const oneEndpoint = (revision: string): Target => ({ revision, endpoints: [`http://${revision}.invalid`] });

/**
 *   write ──► fault? ──► splitter ──► accepted: kept in `history`
 *               └─ late ──► held back ──► land() ──► splitter
 */
export class MemoryRouter implements Router, Backends {
  readonly name = 'memory';
  /** Every canary weight that was accepted, in order. */
  readonly history: number[] = [];
  readonly #splitter: Splitter;
  #faults: MemoryFault[] = [];
  #underWay: WeightWrite[] = [];
  #open = 0;

  /** Both backends have an endpoint unless told otherwise. */
  constructor({
    stable = oneEndpoint('stable'),
    canary = oneEndpoint('canary'),
    nowMs = 0,
    random,
  }: MemoryRouterOptions = {}) {
    this.#splitter = new Splitter({ ...emptyRoute(nowMs), targets: { stable, canary } }, random);
  }

  async observe(): Promise<Result<RouteState, WriteProblem>> {
    return this.#takeFault('unreachable') ? failed(nobody) : ok(this.#state());
  }

  async write(write: WeightWrite): Promise<Result<RouteState, WriteProblem>> {
    if (this.#takeFault('unreachable')) return failed(nobody);
    if (this.#takeFault('lost')) return failed(noAnswer);
    if (this.#takeFault('late')) {
      this.#underWay.push(write);
      return failed(noAnswer);
    }
    if (this.#takeFault('overtaken')) this.#splitter.settle(this.#splitter.route.epoch);
    const objection = this.#land(write);
    if (this.#takeFault('answerLost')) return failed(noAnswer);
    return objection === null ? ok(this.#state()) : failed(objection);
  }

  async settle(_release: string, epoch: number): Promise<Result<RouteState, WriteProblem>> {
    if (this.#takeFault('unreachable')) return failed(nobody);
    const objection = this.#splitter.settle(epoch);
    return objection === null ? ok(this.#state()) : failed(objection);
  }

  async closeStreams(epoch: number): Promise<Result<number | null, WriteProblem>> {
    if (this.#takeFault('unreachable')) return failed(nobody);
    const objection = this.#splitter.mayDrain(epoch);
    if (objection !== null) return failed(objection);
    const ended = this.#open;
    this.#open = 0;
    return ok(ended);
  }

  async point(change: BackendChange): Promise<Result<void>> {
    if (this.#takeFault('unreachable')) return failed(backendProblem(nobody));
    const objection = this.#splitter.point(change);
    return objection === null ? ok(undefined) : failed(backendProblem(objection));
  }

  async current(): Promise<Result<BackendTargets>> {
    return this.#takeFault('unreachable') ? failed(backendProblem(nobody)) : ok(this.#splitter.route.targets);
  }

  allHeard(): boolean {
    return true;
  }

  /** How requests are split now, and between whom. */
  get split(): Pick<Splitter['route'], 'canary' | 'targets'> {
    return this.#splitter.route;
  }

  /** Injects one fault each; they are met in this order by the calls that they concern. */
  inject(...faults: readonly MemoryFault[]): void {
    this.#faults.push(...faults);
  }

  /** Lets the writes land that are under way, as the conditions allow by now. */
  land(): void {
    for (const write of this.#underWay.splice(0)) this.#land(write);
  }

  /** The data plane's process starts again: weight 0, another start time, all else as it was. */
  restart(nowMs = 0): void {
    this.#splitter.replace(restarted(this.#splitter.route, nowMs));
    this.#open = 0;
  }

  /** Somebody else's hand: a weight that nobody here decided. */
  interfere(canary: number): void {
    const { route } = this.#splitter;
    this.#splitter.replace({ ...route, canary, serial: route.serial + 1 });
  }

  /** Sends requests by the present weight and answers where each went; `open` more stay in flight on the canary. */
  serve(requests: number, { open = 0 }: { readonly open?: number } = {}): readonly Backend[] {
    this.#open += open;
    return Array.from({ length: requests }, () => this.#splitter.draw());
  }

  #land(write: WeightWrite): WriteProblem | null {
    const objection = this.#splitter.write(write);
    if (objection === null) this.history.push(write.canary);
    return objection;
  }

  #state(): RouteState {
    return this.#splitter.state(this.#open);
  }

  #takeFault(fault: MemoryFault): boolean {
    if (this.#faults[0] !== fault) return false;
    this.#faults.shift();
    return true;
  }
}

const nobody: WriteProblem = {
  reason: 'Unreachable',
  message: 'the in-memory router was told to be away for this call',
};
const noAnswer: WriteProblem = {
  reason: 'Unknown',
  message: 'the in-memory router was told to give no answer: settle before going on',
};
