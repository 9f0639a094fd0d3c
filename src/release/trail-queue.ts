/** Entries that wait for their place in the trail: each once, in order, and where they can't be written no more of them than the trail keeps. */
import { controllerItself, type TrailEntry } from './trail.ts';

export type Untold = Omit<TrailEntry, 'number'>;

export class TrailQueue {
  readonly #most: number;
  #waiting: readonly Untold[] = [];
  /** Keys of what waits, and of what is written. */
  #known: Set<string>;
  #dropped = 0;

  constructor(written: readonly Untold[], most: number) {
    this.#most = most;
    this.#known = new Set(written.map(keyOf));
  }

  get all(): readonly Untold[] {
    return this.#waiting;
  }

  holds(entry: Untold): boolean {
    return this.#waiting.some((each) => keyOf(each) === keyOf(entry));
  }

  /** But for what is known. */
  add(entries: readonly Untold[]): void {
    const fresh = entries.filter((entry) => !this.#known.has(keyOf(entry)));
    for (const entry of fresh) this.#known.add(keyOf(entry));
    this.#waiting = [...this.#waiting, ...fresh];
  }

  /** The oldest go that are too many: the trail would forget them as soon as they were written. */
  bound(): void {
    const over = this.#waiting.slice(0, Math.max(0, this.#waiting.length - this.#most));
    for (const entry of over) this.#known.delete(keyOf(entry));
    this.#dropped += over.length;
    this.#waiting = this.#waiting.slice(over.length);
  }

  /** These have their place now. */
  wrote(entries: readonly Untold[]): void {
    const done = new Set(entries);
    this.#waiting = this.#waiting.filter((entry) => !done.has(entry));
  }

  /** All that is written is this, as it was read again; answers what of that before is gone, which waits anew. */
  found(written: readonly TrailEntry[], before: readonly TrailEntry[]): readonly TrailEntry[] {
    const there = new Set(written.map(keyOf));
    const lost = before.filter((entry) => !there.has(keyOf(entry)));
    const again = lost.map(({ number: _number, ...entry }) => entry);
    this.#waiting = [...again, ...this.#waiting.filter((entry) => !there.has(keyOf(entry)))];
    return lost;
  }

  /** Remembers no more than is kept: a controller leads for months. */
  forget(written: readonly Untold[]): void {
    this.#known = new Set([...written, ...this.#waiting].map(keyOf));
  }

  /** That went unwritten since this was asked last. */
  dropped(): number {
    const count = this.#dropped;
    this.#dropped = 0;
    return count;
  }

  /** Something is wrong with the trail: that stands in it from then on. */
  say(message: string): void {
    this.#waiting = [...this.#waiting, brokenEntry(message)];
  }
}

const keyOf = ({ atMs, message, policy, release, what }: Untold): string =>
  JSON.stringify([release, policy, atMs, what, message.slice(0, 200)]);

export const brokenWhat = 'TrailBroken';

const brokenEntry = (message: string): Untold => ({
  ...{ atMs: Date.now(), who: controllerItself, what: brokenWhat, policy: '', release: null, revision: null },
  ...{ why: '', message, data: {} },
});
