/** Requests that were counted and not read yet, of each version and route. */
import type { Arrived } from './arrivals.ts';

export type Arm = 'canary' | 'stable';

const none: Arrived = { events: 0, errors: 0, slow: 0 };

const sum = (a: Arrived, b: Arrived): Arrived => ({
  events: a.events + b.events,
  errors: a.errors + b.errors,
  slow: a.slow + b.slow,
});

export class Unread {
  readonly #of: Record<Arm, Map<string | null, Arrived>> = { canary: new Map(), stable: new Map() };

  /** `route` null: those of no route that has a name. */
  add(arm: Arm, route: string | null, arrived: Arrived): void {
    this.#of[arm].set(route, sum(this.#of[arm].get(route) ?? none, arrived));
  }

  /** `route` null: all of the version's. */
  read(arm: Arm, route: string | null): Arrived {
    return route === null ? [...this.#of[arm].values()].reduce(sum, none) : (this.#of[arm].get(route) ?? none);
  }

  clear(): void {
    for (const routes of Object.values(this.#of)) routes.clear();
  }
}
