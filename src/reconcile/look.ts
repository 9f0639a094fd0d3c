/** What makes a release be looked at: a new answer of its metrics, or nothing but the time. */
import type { Measured } from '../metrics/measure.ts';
import type { Answer } from '../metrics/metric-source.ts';

export interface Look {
  /** Newest answer not yet judged; null: nothing new. */
  readonly answer: Answer | null;
  /** Readings that were measured elsewhere, judged in place of an answer: a scenario's made-up traffic. */
  readonly readings?: Measured['readings'];
}

export const nothingNew: Look = { answer: null };

/** Counters are cumulative, so the newest answer holds all that an older one held; but an answer is never lost to a look without one. */
export const joinLooks = (pending: Look, newest: Look): Look => (newest.answer === null ? pending : newest);
