/** One look of a real release at its metrics, as it is kept for a replay. */
import type { Measured } from '../metrics/measure.ts';

export interface RecordedLook {
  /** Since the release was started. */
  readonly atMs: number;
  readonly readings: Measured['readings'];
}
