/** Whether the controller lives and is ready: the loop goes round, and every policy's users are served. */
import type { Clock } from '../lib/clock.ts';
import type { Alive, Ready } from '../server/controls.ts';

/** The loop looks at least once a second; longer than this it hangs. */
const longestSilenceMs = 15_000;

interface Missing {
  readonly what: readonly string[];
  readonly looks: number;
}

/**
 *   beat (the loop went round) ──► alive
 *   missing(policy, [])        ──► ready, once every policy has nothing missing
 */
export class Pulse {
  readonly #clock: Clock;
  #beatAtMs: number;
  readonly #missing = new Map<string, Missing>();

  constructor(clock: Clock, policies: readonly string[]) {
    this.#clock = clock;
    this.#beatAtMs = clock.monotonicMs();
    for (const policy of policies) this.#missing.set(policy, { what: ['not looked at yet'], looks: 0 });
  }

  beat(): void {
    this.#beatAtMs = this.#clock.monotonicMs();
  }

  /** How many looks in a row have found the same. */
  missing(policy: string, what: readonly string[]): number {
    const before = this.#missing.get(policy);
    const looks = before?.what.join() === what.join() ? before.looks + 1 : 1;
    this.#missing.set(policy, { what, looks });
    return looks;
  }

  alive(): Alive {
    const ageMs = this.#clock.monotonicMs() - this.#beatAtMs;
    return { ok: ageMs < longestSilenceMs, ageMs };
  }

  ready(): Ready {
    const missing = [...this.#missing].flatMap(([policy, { what }]) => what.map((each) => `${policy}: ${each}`));
    return { ok: missing.length === 0, missing };
  }
}
