/** One backend at work: its endpoints in turn, a connection pool for each, and the exchanges that are open. */
import type { Backend } from '../deck.ts';
import type { Target } from '../route.ts';
import { Endpoint } from './endpoint.ts';
import type { RevisionMeter } from './revision-meter.ts';

/** Something under way that can be cut short. */
export interface OpenExchange {
  readonly revision: string;
  cut(): void;
}

/**
 *   point(target) ──► endpoints: kept where they stay, closed gracefully where they go
 *   next() ──► endpoint 0 ──► endpoint 1 ──► ... ──► endpoint 0          null: there are none
 */
export class ProxyLane {
  readonly backend: Backend;
  readonly open = new Set<OpenExchange>();
  #connectMs: number;
  #turns: readonly Endpoint[] = [];
  #turn = 0;
  #revision = '';
  #meter: RevisionMeter;

  constructor(options: {
    readonly backend: Backend;
    readonly connectMs: number;
    readonly meter: RevisionMeter;
  }) {
    this.backend = options.backend;
    this.#connectMs = options.connectMs;
    this.#meter = options.meter;
  }

  /** Label of what it serves; empty when nothing. */
  get revision(): string {
    return this.#revision;
  }

  get meter(): RevisionMeter {
    return this.#meter;
  }

  /** As they stand in the route. */
  get endpoints(): readonly Endpoint[] {
    return this.#turns;
  }

  point(target: Target, meter: RevisionMeter): void {
    const before = this.#turns;
    const kept = (origin: string) => before.find((endpoint) => endpoint.origin === origin);
    const origins = [...new Set(target.endpoints)];
    this.#turns = origins.map((origin) => kept(origin) ?? new Endpoint(origin, this.#connectMs));
    this.#revision = target.revision ?? '';
    this.#meter = meter;
    for (const endpoint of before) {
      if (!this.#turns.includes(endpoint)) endpoint.close();
    }
  }

  configure(connectMs: number): void {
    if (connectMs === this.#connectMs) return;
    this.#connectMs = connectMs;
    for (const endpoint of this.#turns) endpoint.reconnect(connectMs);
  }

  /**
   * Where the next request goes. Stable's instances that are not well are passed over, unless none is. The canary's are
   * not spared: what its users would see is what it is judged by.
   */
  next(): Endpoint | null {
    for (let tried = 0; tried < this.#turns.length; tried++) {
      const endpoint = this.#inTurn();
      if (this.backend === 'canary' || endpoint?.isWell === true) return endpoint;
    }
    return this.#inTurn();
  }

  /** For a second try; null: there is none. The canary's failures are its own. */
  another(than: Endpoint): Endpoint | null {
    if (this.backend === 'canary') return null;
    const endpoint = this.next();
    const other = endpoint === than ? this.next() : endpoint;
    return other === than ? null : other;
  }

  async destroy(): Promise<void> {
    await Promise.all(this.#turns.map((endpoint) => endpoint.destroy()));
  }

  #inTurn(): Endpoint | null {
    const endpoint = this.#turns[this.#turn % this.#turns.length] ?? null;
    this.#turn = (this.#turn + 1) % Math.max(1, this.#turns.length);
    return endpoint;
  }
}
