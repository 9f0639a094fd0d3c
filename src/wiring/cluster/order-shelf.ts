/** Answered orders: kept for a while, for whoever waits for the answer or looks who ordered what, and no more than so many. */
import type { KubeClient } from '../../kube/client.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { type GivenOrder, ordersFolder } from './order-object.ts';

export interface OrderShelfOptions {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly clock: Clock;
  readonly log: Logger;
}

const keepMs = 600_000;

const mostKept = 200;

interface Kept {
  readonly name: string;
  readonly untilMs: number;
}

export class OrderShelf {
  readonly #options: OrderShelfOptions;
  /** By UID, the oldest answer first. */
  readonly #kept = new Map<string, Kept>();
  #alarm: NodeJS.Timeout | null = null;

  constructor(options: OrderShelfOptions) {
    this.#options = options;
  }

  put({ name, uid }: GivenOrder, answeredAtMs: number): void {
    if (this.#kept.has(uid)) return;
    const nowMs = this.#options.clock.wallMs();
    const fromMs = Number.isFinite(answeredAtMs) ? Math.min(answeredAtMs, nowMs) : nowMs;
    this.#kept.set(uid, { name, untilMs: fromMs + keepMs });
    this.#tidy();
  }

  gone(uid: string): void {
    this.#kept.delete(uid);
  }

  close(): void {
    if (this.#alarm !== null) clearTimeout(this.#alarm);
    this.#alarm = null;
    this.#kept.clear();
  }

  #tidy(): void {
    const nowMs = this.#options.clock.wallMs();
    const byAge = [...this.#kept].toSorted(([, a], [, b]) => a.untilMs - b.untilMs);
    const over = byAge.length - mostKept;
    byAge.forEach(([uid, kept], index) => {
      if (index < over || kept.untilMs <= nowMs) void this.#delete(uid, kept);
    });
    const next = byAge.find(([, { untilMs }]) => untilMs > nowMs);
    if (this.#alarm !== null) clearTimeout(this.#alarm);
    this.#alarm = next === undefined ? null : setTimeout(() => this.#tidy(), next[1].untilMs - nowMs);
  }

  /** One that could not be deleted is met again in the next list. */
  async #delete(uid: string, { name }: Kept): Promise<void> {
    const { client, log, namespace } = this.#options;
    this.#kept.delete(uid);
    const gone = await client.delete(`${ordersFolder(namespace)}/${name}`, { uid });
    if (!gone.ok && gone.error.reason !== 'NotFound') log.debug({ order: name, ...gone.error }, 'order is not deleted');
  }
}
