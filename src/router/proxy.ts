/** Router adapter for the built-in proxy: its split, over its control socket. */
import { ok, type Result } from '../lib/result.ts';
import type { ProxyState } from './proxy/protocol.ts';
import { type ControlOptions, ProxyControl } from './proxy-control.ts';
import type { Router, RouteState, WeightWrite, WriteProblem } from './router.ts';

export class ProxyRouter implements Router {
  readonly name = 'proxy';
  readonly #control: ProxyControl;

  constructor(socketPath: string, options?: ControlOptions) {
    this.#control = new ProxyControl(socketPath, options);
  }

  async observe(): Promise<Result<RouteState, WriteProblem>> {
    return routeOf(await this.#control.state());
  }

  async write({ release, epoch, canary, ifVersion, latch }: WeightWrite): Promise<Result<RouteState, WriteProblem>> {
    const body = { release, epoch, canary, ifVersion, latch };
    return routeOf(await this.#control.call({ method: 'POST', path: '/weights', body }));
  }

  async settle(_release: string, epoch: number): Promise<Result<RouteState, WriteProblem>> {
    return routeOf(await this.#control.call({ method: 'POST', path: '/settle', body: { epoch } }));
  }

  /** For its dead man's switch: the controller of this epoch lives. */
  async renew(epoch: number): Promise<Result<void, WriteProblem>> {
    const answer = await this.#control.call({ method: 'POST', path: '/renew', body: { epoch } });
    return answer.ok ? ok(undefined) : answer;
  }

  async closeStreams(epoch: number): Promise<Result<number | null, WriteProblem>> {
    const answer = await this.#control.call({ method: 'POST', path: '/drain', body: { epoch } });
    return answer.ok ? ok(answer.value.ended ?? 0) : answer;
  }
}

const routeOf = (answer: Result<ProxyState, WriteProblem>): Result<RouteState, WriteProblem> =>
  answer.ok ? ok(answer.value.route) : answer;
