/** Whether what was written a moment ago may be written again: against somebody who goes on writing something else, ever more seldom. */
import { backOff } from '../../lib/back-off.ts';

const waits = { firstMs: 1_000, longestMs: 60_000 };

export class Repeats {
  #last = { text: '', times: 0, untilMs: 0 };

  /** Times are monotonic milliseconds. */
  mayWrite(text: string, nowMs: number): boolean {
    return text !== this.#last.text || nowMs >= this.#last.untilMs;
  }

  wrote(text: string, nowMs: number): void {
    const { times, untilMs, text: before } = this.#last;
    // What stood for a while was not contested.
    const again = text === before && nowMs < untilMs + waits.longestMs ? times + 1 : 1;
    this.#last = { text, times: again, untilMs: nowMs + backOff(again, waits) };
  }
}
