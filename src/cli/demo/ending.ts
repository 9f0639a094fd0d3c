/** What ends a demo before its story does: time, a load generator that is gone, a signal, or the key for it. The first one counts. */

export type Reason = 'deadline' | 'load' | Leave;

export type Leave = 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'quit';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 *   running ──deadline, load gone──► the story ends, the report is written ──┐
 *      └──────signal, key──────────► everything ends ◄──────signal, key──────┘ (a further one changes nothing)
 */
export class Ending {
  readonly #story = new AbortController();
  readonly #all = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #reason: Reason | null = null;
  readonly #onSignal = (signal: NodeJS.Signals): void => this.leave(signal as Leave);

  constructor(deadlineMs: number) {
    this.#timer = setTimeout(() => this.endStory('deadline'), deadlineMs);
    for (const signal of signals) process.on(signal, this.#onSignal);
  }

  /** Of the story. */
  get signal(): AbortSignal {
    return this.#story.signal;
  }

  /** Somebody wants to leave. */
  get left(): AbortSignal {
    return this.#all.signal;
  }

  /** What came first; null: nothing ended it. */
  get reason(): Reason | null {
    return this.#reason;
  }

  endStory(reason: Reason): void {
    this.#reason ??= reason;
    this.#story.abort();
  }

  leave(how: Leave): void {
    this.endStory(how);
    this.#all.abort();
  }

  close(): void {
    clearTimeout(this.#timer);
    for (const signal of signals) process.off(signal, this.#onSignal);
  }
}
