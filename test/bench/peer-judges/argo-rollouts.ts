/**
 * A background analysis of Argo Rollouts: at each interval a measurement, which is a success, a failure, or neither; more failures
 * than `failureLimit` abort the rollout, more inconclusive ones than `inconclusiveLimit` pause it until somebody decides.
 */
import { convictedAt, type Ending, open } from '../../simulate/ending.ts';
import { type Course, courseMinutes, minutesAt, slotsIn, sumOf } from './course.ts';

export interface ArgoMetric {
  readonly intervalSeconds: number;
  /** Of the query's range. */
  readonly windowSeconds: number;
  /** Measurements after which the metric has succeeded; none: as long as the rollout goes on. */
  readonly count?: number;
  readonly failureLimit: number;
  readonly inconclusiveLimit?: number;
  /** Of the success rate, which is NaN without requests; what is no success is a failure where there is no other condition. */
  readonly successCondition: (rate: number) => boolean;
  readonly failureCondition?: (rate: number) => boolean;
}

type Phase = 'Successful' | 'Failed' | 'Inconclusive';

export const argoRollouts =
  (metric: ArgoMetric) =>
  (course: Course): Ending => {
    const { count = Number.POSITIVE_INFINITY, failureLimit, inconclusiveLimit = 0, intervalSeconds } = metric;
    const interval = slotsIn(intervalSeconds);
    const seen = { Successful: 0, Failed: 0, Inconclusive: 0 };
    let measurements = 0;
    for (let slot = interval; slot <= course.length && measurements < count; slot += interval) {
      seen[measured(metric, rateOf(course, slot, metric))] += 1;
      measurements += 1;
      if (seen.Failed > failureLimit) return convictedAt(minutesAt(slot));
      if (seen.Inconclusive > inconclusiveLimit) return open;
    }
    return { kind: 'promoted', minutes: courseMinutes };
  };

const rateOf = (course: Course, slot: number, { windowSeconds }: ArgoMetric): number => {
  const { events, bad } = sumOf(course, 'canary', [slot - slotsIn(windowSeconds), slot]);
  return (events - bad) / events;
};

export const measured = ({ successCondition, failureCondition }: ArgoMetric, rate: number): Phase => {
  if (failureCondition?.(rate) === true) return 'Failed';
  if (successCondition(rate)) return 'Successful';
  return failureCondition === undefined ? 'Failed' : 'Inconclusive';
};
