/** At most one run at a time and one per interval, the last wish never lost. */

export class Throttle {
  readonly #work: () => Promise<void>;
  readonly #everyMs: () => number;
  #state: 'idle' | 'busy' | 'again' = 'idle';

  constructor(everyMs: () => number, work: () => Promise<void>) {
    this.#everyMs = everyMs;
    this.#work = work;
  }

  /** At once when it is idle; else once more when the interval is over. */
  wish(): void {
    if (this.#state === 'idle') void this.#run();
    else this.#state = 'again';
  }

  async #run(): Promise<void> {
    this.#state = 'busy';
    await this.#work();
    await new Promise((resolve) => setTimeout(resolve, this.#everyMs()));
    const again = this.#isWished();
    this.#state = 'idle';
    if (again) this.wish();
  }

  #isWished(): boolean {
    return this.#state === 'again';
  }
}
