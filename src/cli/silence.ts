/** Since when a controller has not answered somebody who asks again and again, in a line for the screen. */
import { timeOfDay } from '../report/format-value.ts';
import { span } from '../verdict/words.ts';

/** An answer may take a while; only what is longer is called a silence. */
const patienceMs = 3_000;

export class Silence {
  #heardAtMs: number;
  #problem: string | null = null;

  constructor(nowMs: number) {
    this.#heardAtMs = nowMs;
  }

  heard(nowMs: number): void {
    this.#heardAtMs = nowMs;
    this.#problem = null;
  }

  failed(problem: string): void {
    this.#problem = problem;
  }

  /** How long ago the last answer came. */
  lastsMs(nowMs: number): number {
    return nowMs - this.#heardAtMs;
  }

  spanText(nowMs: number): string {
    return span(this.lastsMs(nowMs));
  }

  /** Null: it answers. What is shown below the line is as old as it says. */
  line(nowMs: number): string | null {
    const lastsMs = this.lastsMs(nowMs);
    if (this.#problem === null && lastsMs < patienceMs) return null;
    const since = `data of ${timeOfDay(this.#heardAtMs)}, ${this.spanText(nowMs)} old; asking on`;
    return this.#problem === null ? `${since}: no answer yet` : `${since}: ${this.#problem}`;
  }
}
