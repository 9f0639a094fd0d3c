/** The readings of a recorded release, at the times at which they were made. */
import type { Look } from '../reconcile/look.ts';
import type { Feed } from './feed.ts';
import type { RecordedLook } from './recorded-look.ts';

export class RecordedMetrics implements Feed {
  readonly #looks: readonly RecordedLook[];
  #next = 0;

  /** In the order of time. */
  constructor(looks: readonly RecordedLook[]) {
    this.#looks = looks;
  }

  next(afterMs: number): number | null {
    while ((this.#looks[this.#next]?.atMs ?? Number.POSITIVE_INFINITY) <= afterMs) this.#next += 1;
    return this.#looks[this.#next]?.atMs ?? null;
  }

  pass(): void {}

  change(): void {}

  look(): Look {
    const readings = this.#looks[this.#next]?.readings;
    return readings === undefined ? { answer: null } : { answer: null, readings };
  }
}
