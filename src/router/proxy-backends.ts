/** Backends of the built-in proxy: which endpoints it sends to, over its control socket. */
import { failed, ok, type Result } from '../lib/result.ts';
import type { BackendChange, Backends, BackendTargets } from '../workload/backends.ts';
import { backendProblem } from './backend-problem.ts';
import { type ControlOptions, ProxyControl } from './proxy-control.ts';

export class ProxyBackends implements Backends {
  readonly #control: ProxyControl;

  constructor(socketPath: string, options?: ControlOptions) {
    this.#control = new ProxyControl(socketPath, options);
  }

  async point({ backend, revision, endpoints, epoch }: BackendChange): Promise<Result<void>> {
    const body = { backend, revision, endpoints, epoch };
    const answer = await this.#control.call({ method: 'POST', path: '/backends', body });
    return answer.ok ? ok(undefined) : failed(backendProblem(answer.error));
  }

  async current(): Promise<Result<BackendTargets>> {
    const answer = await this.#control.state();
    return answer.ok ? ok(answer.value.targets) : failed(backendProblem(answer.error));
  }

  allHeard(): boolean {
    return true;
  }
}
