/** Remembers answers for a short while, in bounded room; who asks while one is fetched waits for that one. */

export interface MemoryLimits {
  readonly keepMs: number;
  /** Answers that are kept, and questions that may be under way, at once. */
  readonly most: number;
  /** Monotonic. */
  readonly nowMs: () => number;
}

interface Kept<T> {
  readonly answer: Promise<T>;
  readonly untilMs: number;
}

export class ShortMemory<T> {
  readonly #limits: MemoryLimits;
  /** Oldest first. */
  readonly #kept = new Map<string, Kept<T>>();

  constructor(limits: MemoryLimits) {
    this.#limits = limits;
  }

  /** `isKept` says of an answer whether it may be given again. */
  recall(key: string, fetch: () => Promise<T>, isKept: (answer: T) => boolean): Promise<T> {
    const { keepMs, most, nowMs } = this.#limits;
    const known = this.#kept.get(key);
    if (known !== undefined && nowMs() < known.untilMs) return known.answer;
    this.#kept.delete(key);
    const oldest = this.#kept.keys().next();
    if (this.#kept.size >= most && oldest.done !== true) this.#kept.delete(oldest.value);
    const answer = fetch();
    // Its time counts from the question: what was withdrawn since is not believed longer than that.
    const kept = { answer, untilMs: nowMs() + keepMs };
    this.#kept.set(key, kept);
    const forget = (): void => {
      if (this.#kept.get(key) === kept) this.#kept.delete(key);
    };
    void answer.then((value) => (isKept(value) ? undefined : forget()), forget);
    return answer;
  }
}
