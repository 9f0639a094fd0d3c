/** Who may ask the API server now: a few at a time, nobody while it wants to be left alone, and what takes traffic away always. */

export type Urgency = 'ordinary' | 'first';

/**
 *   ordinary ──► waiting ──(fewer than `most` under way, quiet time over)──► under way
 *   first ──────────────────────────────────────────────────────────────────► under way
 */
export class Turns {
  readonly #most: number;
  readonly #nowMs: () => number;
  #underWay = 0;
  #quietUntilMs = 0;
  #waiting: (() => void)[] = [];
  #alarm: NodeJS.Timeout | null = null;

  constructor(most: number, nowMs: () => number) {
    this.#most = most;
    this.#nowMs = nowMs;
  }

  async take<T>(urgency: Urgency, work: () => Promise<T>): Promise<T> {
    if (urgency === 'ordinary' && !this.#isFree()) {
      await new Promise<void>((go) => {
        this.#waiting.push(go);
        this.#next();
      });
    } else this.#underWay++;
    try {
      return await work();
    } finally {
      this.#underWay--;
      this.#next();
    }
  }

  /** No ordinary call begins for so long. */
  quietFor(ms: number): void {
    this.#quietUntilMs = Math.max(this.#quietUntilMs, this.#nowMs() + ms);
  }

  #isFree(): boolean {
    return this.#underWay < this.#most && this.#nowMs() >= this.#quietUntilMs;
  }

  #next(): void {
    while (this.#waiting.length > 0 && this.#isFree()) {
      this.#underWay++;
      this.#waiting.shift()?.();
    }
    const quietMs = this.#quietUntilMs - this.#nowMs();
    if (this.#waiting.length === 0 || quietMs <= 0 || this.#alarm !== null) return;
    this.#alarm = setTimeout(() => {
      this.#alarm = null;
      this.#next();
    }, quietMs);
  }
}
