/** One instance of a backend: its connections, and whether it seems well. */
import { Pool } from 'undici';
import { GrpcChannel } from './grpc-channel.ts';
import type { ProxySettings } from './settings.ts';

/** Shorter than any server's own limit that it doesn't announce: a connection closed under a request is a user's error. */
const keepIdleMs = 1_500;

/** So many requests in a row that it did not take or left without an answer, and it rests for a while. */
const failuresInRow = 3;
const restMs = 5_000;

/**
 *   well ──3 failures in a row──► resting ──5 s──► well          requests
 *   well ──`unhealthyAfter` bad─► unwell ──`healthyAfter` good──► well     checks
 */
export class Endpoint {
  readonly origin: string;
  /** Connects with the first call. */
  readonly channel: GrpcChannel;
  #connectMs: number;
  #pool: Pool;
  #failures = 0;
  #restsUntilMs: number | null = null;
  #checks = { isBad: false, inRow: 0 };
  #isUnwell = false;

  constructor(origin: string, connectMs: number) {
    this.origin = origin;
    this.#connectMs = connectMs;
    this.#pool = poolOf(origin, connectMs);
    this.channel = new GrpcChannel(origin, () => this.#connectMs);
  }

  get pool(): Pool {
    return this.#pool;
  }

  get isWell(): boolean {
    if (this.#restsUntilMs !== null && performance.now() >= this.#restsUntilMs) this.#restsUntilMs = null;
    return this.#restsUntilMs === null && !this.#isUnwell;
  }

  answered(): void {
    this.#failures = 0;
  }

  failed(): void {
    this.#failures++;
    if (this.#failures >= failuresInRow) this.#restsUntilMs = performance.now() + restMs;
  }

  /** A check ended. */
  checked(outcome: 'good' | 'bad', { unhealthyAfter, healthyAfter }: NonNullable<ProxySettings['health']>): void {
    const isBad = outcome === 'bad';
    const inRow = isBad === this.#checks.isBad ? this.#checks.inRow + 1 : 1;
    this.#checks = { isBad, inRow };
    if (inRow >= (isBad ? unhealthyAfter : healthyAfter)) this.#isUnwell = isBad;
  }

  /** Nobody looks any more. */
  unchecked(): void {
    this.#isUnwell = false;
    this.#checks = { isBad: false, inRow: 0 };
  }

  /** For the requests that come from now on; those under way end as they began. */
  reconnect(connectMs: number): void {
    this.#connectMs = connectMs;
    void this.#pool.close();
    this.#pool = poolOf(this.origin, connectMs);
  }

  /** When what is under way has ended. */
  close(): void {
    void this.#pool.close();
    this.channel.close();
  }

  async destroy(): Promise<void> {
    this.channel.destroy();
    await this.#pool.destroy();
  }
}

/** As many connections as there are requests: a hanging backend shows as open requests, not as a hidden queue. */
const poolOf = (origin: string, connectMs: number): Pool =>
  new Pool(origin, {
    connections: null,
    pipelining: 1,
    // After a switch of protocols the backend's end is half an end.
    connect: { timeout: connectMs, allowHalfOpen: true },
    keepAliveTimeout: keepIdleMs,
  });
