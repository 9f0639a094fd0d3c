/** Router adapter for HAProxy: the split of one backend over one or several processes, by their runtime API. */
import type { Result } from '../lib/result.ts';
import type { HaproxyPlane } from './haproxy/plane.ts';
import type { Router, RouteState, WeightWrite, WriteProblem } from './router.ts';

export class HaproxyRouter implements Router {
  readonly name = 'haproxy';
  readonly #plane: HaproxyPlane;

  constructor(plane: HaproxyPlane) {
    this.#plane = plane;
  }

  observe(): Promise<Result<RouteState, WriteProblem>> {
    return this.#plane.look();
  }

  write(write: WeightWrite): Promise<Result<RouteState, WriteProblem>> {
    return this.#plane.write(write);
  }

  settle(_release: string, epoch: number): Promise<Result<RouteState, WriteProblem>> {
    return this.#plane.settle(epoch);
  }

  closeStreams(epoch: number): Promise<Result<number | null, WriteProblem>> {
    return this.#plane.closeStreams(epoch);
  }
}
