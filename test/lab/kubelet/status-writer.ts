/** Writes a pod's newest status: one write at a time, what came meanwhile once more, until the server has it or the pod is gone. */
import { type Api, ApiError } from '../api/api.ts';
import { pause } from '../pause.ts';

const retryMs = 200;

export interface StatusOf {
  readonly api: Api;
  /** Of the pod. */
  readonly path: string;
  status(): object;
  /** When nobody is to be told any more. */
  readonly signal: AbortSignal;
}

export class StatusWriter {
  readonly #api: Api;
  readonly #path: string;
  readonly #status: () => object;
  readonly #signal: AbortSignal;
  #due = false;
  #writing: Promise<void> | null = null;
  #written = '';

  constructor({ api, path, status, signal }: StatusOf) {
    this.#api = api;
    this.#path = `${path}/status`;
    this.#status = status;
    this.#signal = signal;
  }

  /** Resolves when a status no older than this call is written. */
  async write(): Promise<void> {
    this.#due = true;
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = null;
    });
    await this.#writing;
  }

  async #writeAll(): Promise<void> {
    while (this.#due && !this.#signal.aborted) {
      this.#due = false;
      const status = this.#status();
      const text = JSON.stringify(status);
      if (text === this.#written) continue;
      try {
        await this.#api.patch(this.#path, { status }, 'strategic');
        this.#written = text;
      } catch (error) {
        if (error instanceof ApiError && error.code === 404) return;
        this.#due = true;
        await pause(retryMs, this.#signal);
      }
    }
  }
}
