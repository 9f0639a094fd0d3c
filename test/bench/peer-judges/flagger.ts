/**
 * Flagger's analysis: at each interval the canary's success rate over the metric's window; a rate below `minPercent`, or none, is a
 * failed check; failed checks add up over the whole analysis, and the interval that finds `threshold` of them rolls back.
 */
import { convictedAt, type Ending } from '../../simulate/ending.ts';
import { type Course, courseMinutes, minutesAt, slotsIn, sumOf } from './course.ts';

export interface FlaggerAnalysis {
  readonly intervalSeconds: number;
  /** Failed checks. */
  readonly threshold: number;
  readonly metric: { readonly windowSeconds: number; readonly minPercent: number };
}

/** Shorter ones are taken for 10 s. */
const leastIntervalSeconds = 10;

export const flagger =
  ({ intervalSeconds, threshold, metric }: FlaggerAnalysis) =>
  (course: Course): Ending => {
    const interval = slotsIn(Math.max(leastIntervalSeconds, intervalSeconds));
    const window = slotsIn(metric.windowSeconds);
    let failedChecks = 0;
    for (let slot = interval; slot <= course.length; slot += interval) {
      if (failedChecks >= threshold) return convictedAt(minutesAt(slot));
      const { events, bad } = sumOf(course, 'canary', [slot - window, slot]);
      const percent = (100 * (events - bad)) / events;
      if (events === 0 || percent < metric.minPercent) failedChecks += 1;
    }
    return { kind: 'promoted', minutes: courseMinutes };
  };
