/** One pod on this machine, from its first container to its removal from the server. */
import { type Api, ApiError } from '../api/api.ts';
import { addresses } from '../network/network.ts';
import { pause } from '../pause.ts';
import type { BackOff } from './back-off.ts';
import { ContainerRunner } from './container.ts';
import type { ContainerView } from './container-state.ts';
import { logFileOf } from './log-file.ts';
import { isFake, type Pod, pathOf } from './pod.ts';
import { isReady, statusOf } from './pod-status.ts';
import { StatusWriter } from './status-writer.ts';
import { warn } from './warn.ts';

export interface PodSetting {
  readonly api: Api;
  readonly podIP: string;
  readonly backOff: BackOff;
  /** The lab's folder. */
  readonly lab: string;
  /** When the lab ends, and its server does not answer any more. */
  readonly signal: AbortSignal;
}

const retryMs = 200;

export class PodRunner {
  readonly pod: Pod;
  readonly #setting: PodSetting;
  readonly #containers: readonly ContainerRunner[];
  readonly #status: StatusWriter;
  readonly #startedAtMs = Date.now();
  #ready = false;
  #readyChangedAtMs = 0;
  #ending = false;

  constructor(pod: Pod, setting: PodSetting) {
    this.pod = pod;
    this.#setting = setting;
    const { api, podIP, backOff, lab } = setting;
    this.#status = new StatusWriter({
      api,
      path: pathOf(pod.metadata),
      status: () => this.#observe(),
      signal: setting.signal,
    });
    const place = { podIP, hostIP: addresses.kubelet };
    this.#containers = isFake(pod)
      ? []
      : pod.spec.containers.map((container) => {
          const { namespace = 'default', name } = pod.metadata;
          const log = logFileOf(lab, { namespace, pod: name, container: container.name });
          const told = (reason: string, message: string): void => warn({ api, pod, reason, message });
          const changed = (): void => void this.#status.write();
          return new ContainerRunner(container, { api, pod, place, backOff, log, lab, changed, warn: told });
        });
  }

  get podIP(): string {
    return this.#setting.podIP;
  }

  start(): void {
    void this.#status.write();
    for (const container of this.#containers) void container.run();
  }

  /** As its deletion asks: containers end, then the server hears that it is gone. */
  async end(graceMs: number): Promise<void> {
    if (this.#ending) return;
    this.#ending = true;
    await Promise.all(this.#containers.map((container) => container.stop(graceMs)));
    await this.#status.write();
    await this.#remove();
  }

  /** The server does not know it any more. */
  kill(): void {
    for (const container of this.#containers) container.kill();
  }

  #observe(): object {
    const containers = this.#views();
    const ready = isReady(containers);
    if (ready !== this.#ready) this.#readyChangedAtMs = Date.now();
    this.#ready = ready;
    const { podIP } = this.#setting;
    const times = { startedAtMs: this.#startedAtMs, readyChangedAtMs: this.#readyChangedAtMs };
    return statusOf(this.pod, { containers, podIP, hostIP: addresses.kubelet, ...times });
  }

  #views(): readonly ContainerView[] {
    if (!isFake(this.pod)) return this.#containers.map((container) => container.view());
    const state = { kind: 'running', startedAtMs: this.#startedAtMs } as const;
    const running = { state, last: null, restarts: 0, started: true, ready: !this.#ending };
    return this.pod.spec.containers.map(({ name, image }) => ({ name, image, ...running }));
  }

  /** A pod of the same name that came after it is not meant. */
  async #remove(): Promise<void> {
    const { uid } = this.pod.metadata;
    const { signal } = this.#setting;
    while (!signal.aborted) {
      try {
        await this.#setting.api.delete(pathOf(this.pod.metadata), { gracePeriodSeconds: 0, preconditions: { uid } });
        return;
      } catch (error) {
        if (error instanceof ApiError && (error.code === 404 || error.code === 409)) return;
        await pause(retryMs, signal);
      }
    }
  }
}
