/** Whether the controller lives and is ready: the loop goes round, and every policy's users are served. */
import type { Clock } from '../lib/clock.ts';
import type { Alive, Ready } from '../server/controls.ts';

/** The loop looks at least once a second; longer than this it hangs. */
const longestSilenceMs = 15_000;

/**
 *   beat (the loop went round) ──► alive
 *   missing(policy, [])        ──► ready, once every policy has nothing missing
 */
export class Pulse {
  readonly #clock: Clock;
  #beatAtMs: number;
  readonly #missing = new Map<string, readonly string[]>();

  constructor(clock: Clock, policies: readonly string[]) {
    this.#clock = clock;
    this.#beatAtMs = clock.monotonicMs();
    for (const policy of policies) this.#missing.set(policy, ['not looked at yet']);
  }

  beat(): void {
    this.#beatAtMs = this.#clock.monotonicMs();
  }

  /** Whether that is news. */
  missing(policy: string, what: readonly string[]): boolean {
    const before = this.#missing.get(policy) ?? [];
    this.#missing.set(policy, what);
    return before.join() !== what.join();
  }

  alive(): Alive {
    const ageMs = this.#clock.monotonicMs() - this.#beatAtMs;
    return { ok: ageMs < longestSilenceMs, ageMs };
  }

  ready(): Ready {
    const missing = [...this.#missing].flatMap(([policy, what]) => what.map((each) => `${policy}: ${each}`));
    return { ok: missing.length === 0, missing };
  }
}
