/** Writes a pod's newest status: one write at a time, what came meanwhile once more, until the server has it or the pod is gone. */
import { setTimeout as delay } from 'node:timers/promises';
import { type Api, ApiError } from '../api/api.ts';

const retryMs = 200;

export class StatusWriter {
  readonly #api: Api;
  readonly #path: string;
  readonly #status: () => object;
  #due = false;
  #writing: Promise<void> | null = null;
  #written = '';

  constructor(api: Api, path: string, status: () => object) {
    this.#api = api;
    this.#path = `${path}/status`;
    this.#status = status;
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
    while (this.#due) {
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
        await delay(retryMs);
      }
    }
  }
}
