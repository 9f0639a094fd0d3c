/** When requests of an open loop are due: at a constant rate, or at random moments of the same mean rate. */
import type { Random } from './seeded-random.ts';

export type ArrivalKind = 'poisson' | 'paced';

/**
 * A schedule that never waits for answers: `due(nowMs)` yields the planned moments up to now, each once.
 * A pause of the process longer than `patienceMs` is skipped, not made up for by a burst.
 */
export class Arrivals {
  readonly #kind: ArrivalKind;
  readonly #random: Random;
  #rate: number;
  #nextMs: number;

  constructor(options: { kind: ArrivalKind; ratePerSecond: number; startMs: number; random: Random }) {
    this.#kind = options.kind;
    this.#random = options.random;
    this.#rate = options.ratePerSecond;
    this.#nextMs = options.startMs;
  }

  /** Takes effect from now on. */
  setRate(ratePerSecond: number, nowMs: number): void {
    this.#rate = ratePerSecond;
    this.#nextMs = ratePerSecond > 0 ? nowMs + this.#gapMs() : Number.POSITIVE_INFINITY;
  }

  due(nowMs: number): readonly number[] {
    const moments: number[] = [];
    if (nowMs - this.#nextMs > patienceMs) this.#nextMs = nowMs;
    while (this.#nextMs <= nowMs) {
      moments.push(this.#nextMs);
      this.#nextMs += this.#gapMs();
    }
    return moments;
  }

  #gapMs(): number {
    const meanMs = 1_000 / this.#rate;
    return this.#kind === 'paced' ? meanMs : -meanMs * Math.log(1 - this.#random());
  }
}

const patienceMs = 1_000;
