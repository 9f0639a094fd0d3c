/** What ends a demo before its story does: time, a signal, or the key for it. The first one counts. */

export type Reason = 'deadline' | 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'quit';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 *   running ──deadline, signal, key──► ended (a second one changes nothing: what is cleaned up is cleaned up)
 */
export class Ending {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #reason: Reason | null = null;
  readonly #onSignal = (signal: NodeJS.Signals): void => this.end(signal as Reason);

  constructor(deadlineMs: number) {
    this.#timer = setTimeout(() => this.end('deadline'), deadlineMs);
    for (const signal of signals) process.on(signal, this.#onSignal);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Null: nothing ended it. */
  get reason(): Reason | null {
    return this.#reason;
  }

  end(reason: Reason): void {
    this.#reason ??= reason;
    this.#controller.abort();
  }

  /** The story is told: time does not count any more. */
  withoutDeadline(): void {
    clearTimeout(this.#timer);
  }

  close(): void {
    clearTimeout(this.#timer);
    for (const signal of signals) process.off(signal, this.#onSignal);
  }
}
