/** From what the API tells of a release to the columns that a chart is drawn from. */
import type { RuleTrend } from '../report/after/after-promotion.ts';
import { withGaps } from '../report/after/with-gaps.ts';
import type { ReleaseChart, RuleChart } from '../report/chart/release-chart.ts';
import type { Unit } from '../report/format-value.ts';

/** A gap is null; undefined: this line has no point of its own here, what it had before still holds. */
type Column = readonly (number | null | undefined)[];

/** First the times in seconds, ascending, then a column a line. */
export type ChartData = readonly [readonly number[], ...Column[]];

type Point = ReleaseChart['weight']['applied'][number];

/** Desired, applied, observed in percent, each holding until its next point, and all of them until `untilMs`. */
export const weightData = ({ desired, applied, observed }: ReleaseChart['weight'], untilMs: number): ChartData => {
  const lines = [desired, applied, observed];
  const times = [...new Set([...lines.flat().map(({ atMs }) => atMs), untilMs])].sort((a, b) => a - b);
  return [times.map(inSeconds), ...lines.map((points) => heldAt(points, times))];
};

const inSeconds = (atMs: number): number => atMs / 1_000;

const heldAt = (points: readonly Point[], times: readonly number[]): readonly (number | null)[] => {
  let [next, held]: [number, number | null] = [0, null];
  return times.map((time) => {
    for (let point = points[next]; point !== undefined && point.atMs <= time; point = points[next]) {
      held = point.percent;
      next += 1;
    }
    return held;
  });
};

const scaledBy = (unit: Unit): ((column: readonly (number | null)[]) => Column) => {
  const scale = unit === 'ratio' ? 100 : 1;
  return (column) => column.map((value) => (value === null ? null : value * scale));
};

/** Canary, stable and limit, in percent where they are shares, else in seconds. */
export const ruleData = ({ atMs, canary, limit, stable, unit }: RuleChart): ChartData => {
  const scaled = scaledBy(unit);
  return [atMs.map(inSeconds), scaled(canary), scaled(stable), scaled(limit)];
};

/** What the promoted revision read, and the limit, in the same. */
export const trendData = (trend: RuleTrend): ChartData => {
  const { atMs, value } = withGaps(trend);
  const scaled = scaledBy(trend.unit);
  return [atMs.map(inSeconds), scaled(value), scaled(value.map(() => trend.limit))];
};

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The time that all charts of a release show, in seconds: the same for each, so that one cursor fits them all. */
export const spanOf = (startedAtMs: number, untilMs: number): Span => ({
  from: inSeconds(startedAtMs),
  to: Math.max(inSeconds(untilMs), inSeconds(startedAtMs) + 10),
});

/** The top of a chart: a little above whatever is in it. */
export const topOf = ([, ...columns]: ChartData): number => {
  const highest = columns.map((column) => Math.max(0, ...numbersIn(column)));
  const top = Math.max(...highest);
  return top > 0 ? top * 1.15 : 1;
};

const numbersIn = (column: Column): readonly number[] => column.filter((value) => typeof value === 'number');

/** What each line has at that moment, or last had before it; null moment: its newest. */
export const valuesAt = (
  [times, ...columns]: ChartData,
  atMs: number | null,
): readonly (number | null | undefined)[] => {
  const at = atMs === null ? times.length - 1 : times.findLastIndex((time) => time * 1_000 <= atMs);
  return columns.map((column) => column[at]);
};
