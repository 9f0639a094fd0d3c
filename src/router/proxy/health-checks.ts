/** Asks every instance of both backends, again and again, whether it is well. */
import { isDeepStrictEqual } from 'node:util';
import type { Endpoint } from './endpoint.ts';
import type { ProxySettings } from './settings.ts';

type Health = NonNullable<ProxySettings['health']>;

export class HealthChecks {
  readonly #endpoints: () => readonly Endpoint[];
  readonly #asked = new WeakSet<Endpoint>();
  #timer: NodeJS.Timeout | undefined;
  #health: Health | null = null;

  /** `endpoints`: those there are now. */
  constructor(endpoints: () => readonly Endpoint[]) {
    this.#endpoints = endpoints;
  }

  /** Null: none are made. */
  configure(health: Health | null): void {
    if (isDeepStrictEqual(health, this.#health)) return;
    this.#health = health;
    clearInterval(this.#timer);
    for (const endpoint of this.#endpoints()) endpoint.unchecked();
    if (health === null) return;
    this.#timer = setInterval(() => this.#askAll(health), health.intervalMs);
    this.#timer.unref();
  }

  #askAll(health: Health): void {
    for (const endpoint of this.#endpoints()) {
      if (this.#asked.has(endpoint)) continue;
      this.#asked.add(endpoint);
      void ask(endpoint, health).then((outcome) => {
        this.#asked.delete(endpoint);
        // An answer that was due by other settings says nothing by these.
        if (this.#health === health) endpoint.checked(outcome, health);
      });
    }
  }
}

async function ask({ pool }: Endpoint, { path, timeoutMs }: Health): Promise<'good' | 'bad'> {
  try {
    const { body, statusCode } = await pool.request({ path, method: 'GET', signal: AbortSignal.timeout(timeoutMs) });
    await body.dump();
    return statusCode < 400 ? 'good' : 'bad';
  } catch {
    return 'bad';
  }
}
