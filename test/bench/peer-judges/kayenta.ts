/**
 * Kayenta's judge (NetflixACAJudge) as a Spinnaker stage uses it: a point a minute of each arm's error rate, Mann-Whitney at 98 %
 * with a tolerance of a quarter of the shift, effect sizes at their default of 1, a score of 100 or 0 for the one metric, which
 * must not fall below `marginal` at any look nor below `pass` at the last. Its interval's ends are found exactly here, not to 1e-4.
 */
import { convictedAt, type Ending } from '../../simulate/ending.ts';
import { type Course, courseMinutes, type Slot, slotsIn, sumOf } from './course.ts';
import { shiftOf } from './mann-whitney.ts';

export interface KayentaStage {
  /** Between two looks, each of which has all points since the start. */
  readonly everyMinutes: number;
  readonly marginal: number;
  readonly pass: number;
}

const confidence = 0.98;
const tolerance = 0.25;
const allowedIncrease = 1;

export const kayenta =
  ({ everyMinutes, marginal, pass }: KayentaStage) =>
  (course: Course): Ending => {
    const canary = pointsOf(course, 'canary');
    const stable = pointsOf(course, 'stable');
    for (let minute = everyMinutes; minute < courseMinutes; minute += everyMinutes) {
      if (score(canary.slice(0, minute), stable.slice(0, minute)) < marginal) return convictedAt(minute);
    }
    return score(canary, stable) < pass ? convictedAt(courseMinutes) : { kind: 'promoted', minutes: courseMinutes };
  };

/** Percent that failed, minute by minute; a minute without requests is a missing value, which is replaced by 0. */
const pointsOf = (course: Course, arm: keyof Slot): readonly number[] =>
  Array.from({ length: courseMinutes }, (_, minute) => {
    const { events, bad } = sumOf(course, arm, [slotsIn(minute * 60), slotsIn((minute + 1) * 60)]);
    return events === 0 ? 0 : (100 * bad) / events;
  });

const score = (canary: readonly number[], stable: readonly number[]): number =>
  classify(canary, stable) === 'Pass' ? 100 : 0;

/** Direction `increase`: an error rate that falls is no failure. */
export const classify = (canary: readonly number[], stable: readonly number[]): 'Pass' | 'High' => {
  if (new Set([...canary, ...stable]).size < 2) return 'Pass';
  const { estimate, low } = shiftOf(canary, stable, confidence);
  const isLarge = mean(canary) / mean(stable) >= allowedIncrease;
  return low > tolerance * Math.abs(estimate) && isLarge ? 'High' : 'Pass';
};

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
