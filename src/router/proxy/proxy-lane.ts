/** One backend at work: its endpoints in turn, a connection pool for each, and the exchanges that are open. */
import { type Dispatcher, Pool } from 'undici';
import type { Backend } from '../deck.ts';
import type { Target } from '../route.ts';
import { GrpcChannel } from './grpc-channel.ts';
import type { RevisionMeter } from './revision-meter.ts';

/** Something under way that can be cut short. */
export interface OpenExchange {
  readonly revision: string;
  cut(): void;
}

/** Shorter than any server's own limit that it doesn't announce: a connection closed under a request is a user's error. */
const keepIdleMs = 1_500;

/**
 *   point(target) ──► pools: kept where the endpoint stays, closed gracefully where it goes
 *   next() ──► pool 0 ──► pool 1 ──► ... ──► pool 0          null: no endpoints
 */
export class ProxyLane {
  readonly backend: Backend;
  readonly open = new Set<OpenExchange>();
  #connectMs: number;
  #pools: ReadonlyMap<string, Pool> = new Map();
  #channels: ReadonlyMap<string, GrpcChannel> = new Map();
  #turns: readonly Pool[] = [];
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

  point(target: Target, meter: RevisionMeter): void {
    const before = this.#pools;
    this.#pools = new Map(target.endpoints.map((origin) => [origin, before.get(origin) ?? this.#pool(origin)]));
    this.#turns = [...this.#pools.values()];
    this.#channels = renewed(this.#channels, target.endpoints, (origin) => this.#channel(origin));
    this.#revision = target.revision ?? '';
    this.#meter = meter;
    for (const [origin, pool] of before) {
      if (!this.#pools.has(origin)) void pool.close();
    }
  }

  /** For the requests that come from now on; those under way end as they began. */
  configure(connectMs: number): void {
    if (connectMs === this.#connectMs) return;
    this.#connectMs = connectMs;
    const before = this.#pools;
    this.#pools = new Map([...before.keys()].map((origin) => [origin, this.#pool(origin)]));
    this.#turns = [...this.#pools.values()];
    for (const pool of before.values()) void pool.close();
  }

  /** Where the next request goes. */
  next(): Dispatcher | null {
    const pool = this.#turns[this.#turn % this.#turns.length] ?? null;
    this.#turn = (this.#turn + 1) % Math.max(1, this.#turns.length);
    return pool;
  }

  /** Where the next gRPC call goes. */
  nextChannel(): GrpcChannel | null {
    const channels = [...this.#channels.values()];
    const channel = channels[this.#turn % channels.length] ?? null;
    this.#turn = (this.#turn + 1) % Math.max(1, channels.length);
    return channel;
  }

  async destroy(): Promise<void> {
    for (const channel of this.#channels.values()) channel.destroy();
    await Promise.all(this.#turns.map((pool) => pool.destroy()));
  }

  /** Connects with the first call. */
  #channel(origin: string): GrpcChannel {
    return new GrpcChannel(origin, () => this.#connectMs);
  }

  /** As many connections as there are requests: a hanging backend shows as open requests, not as a hidden queue. */
  #pool(origin: string): Pool {
    return new Pool(origin, {
      connections: null,
      pipelining: 1,
      // After a switch of protocols the backend's end is half an end.
      connect: { timeout: this.#connectMs, allowHalfOpen: true },
      keepAliveTimeout: keepIdleMs,
    });
  }
}

/** Those that stay are kept, those that go end when their calls do. */
function renewed(
  before: ReadonlyMap<string, GrpcChannel>,
  origins: readonly string[],
  make: (origin: string) => GrpcChannel,
): ReadonlyMap<string, GrpcChannel> {
  for (const [origin, channel] of before) if (!origins.includes(origin)) channel.close();
  return new Map(origins.map((origin) => [origin, before.get(origin) ?? make(origin)]));
}
