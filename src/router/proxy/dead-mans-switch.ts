/** Goes off when no controller has renewed it in time, and every second from then on until one does. */

const againMs = 1_000;

/**
 *   renew, configure ──► armed ──silent for `withinMs`──► goes off ──1 s──► goes off ...
 */
export class DeadMansSwitch {
  readonly #goesOff: (silentMs: number) => void;
  #withinMs: number | null = null;
  #renewedAtMs = performance.now();
  #timer: NodeJS.Timeout | undefined;

  constructor(goesOff: (silentMs: number) => void) {
    this.#goesOff = goesOff;
  }

  /** null: there is none. Whoever changes it is there: the time begins anew. */
  configure(withinMs: number | null): void {
    if (withinMs !== this.#withinMs) this.#renewedAtMs = performance.now();
    this.#withinMs = withinMs;
    this.#arm(0);
  }

  renew(): void {
    this.#renewedAtMs = performance.now();
    this.#arm(0);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #arm(atLeastMs: number): void {
    clearTimeout(this.#timer);
    if (this.#withinMs === null) return;
    const leftMs = this.#withinMs - (performance.now() - this.#renewedAtMs);
    this.#timer = setTimeout(() => this.#fire(), Math.max(atLeastMs, leftMs)).unref();
  }

  #fire(): void {
    const silentMs = performance.now() - this.#renewedAtMs;
    // Timers may be a millisecond early.
    if (silentMs < (this.#withinMs ?? 0)) return this.#arm(1);
    this.#goesOff(silentMs);
    this.#arm(againMs);
  }
}
