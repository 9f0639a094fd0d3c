/** Backends behind HAProxy: which endpoints its servers stand for. */
import { failed, ok, type Result } from '../lib/result.ts';
import type { BackendChange, Backends, BackendTargets } from '../workload/backends.ts';
import { backendProblem } from './backend-problem.ts';
import type { HaproxyPlane } from './haproxy/plane.ts';

export class HaproxyBackends implements Backends {
  readonly #plane: HaproxyPlane;

  constructor(plane: HaproxyPlane) {
    this.#plane = plane;
  }

  async point(change: BackendChange): Promise<Result<void>> {
    const pointed = await this.#plane.point(change);
    return pointed.ok ? pointed : failed(backendProblem(pointed.error));
  }

  /** As they were decided: a HAProxy that is away or was reloaded is pointed there again by itself. Who may still send elsewhere: `allHeard`. */
  async current(): Promise<Result<BackendTargets>> {
    return ok(this.#plane.targets);
  }

  allHeard(): boolean {
    return this.#plane.isHeard;
  }
}
