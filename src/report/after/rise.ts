/**
 * Whether something rose over a time, and not only went up and down: by the test of Mann and Kendall, one-sided, over the medians of at
 * most 24 equal stretches; how much by the median of all slopes between them (Theil and Sen).
 */
import { median } from '../trends/median.ts';

export interface TimedValue {
  readonly atMs: number;
  readonly value: number;
}

/** In the unit of the values, on the line through them. */
export interface Rise {
  readonly from: number;
  readonly to: number;
  readonly perMs: number;
}

const mostStretches = 24;

/** Of fewer the test says nothing at this level. */
const fewestStretches = 8;

/** Of the normal distribution at 99 %. */
const certain = 2.326;

/** null: it did not, as far as can be told. */
export function riseOf(points: readonly TimedValue[]): Rise | null {
  const medians = mediansOf(points);
  const [first, last] = [medians[0], medians.at(-1)];
  if (first === undefined || last === undefined || medians.length < fewestStretches) return null;
  if (scoreOf(medians.map(({ value }) => value)) < certain) return null;
  const perMs = middle(slopesOf(medians));
  const offset = middle(medians.map(({ atMs, value }) => value - perMs * (atMs - first.atMs)));
  return { from: offset, to: offset + perMs * (last.atMs - first.atMs), perMs };
}

function mediansOf(points: readonly TimedValue[]): readonly TimedValue[] {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined || points.length <= mostStretches) return points;
  const lengthMs = (last.atMs - first.atMs) / mostStretches;
  const stretches = Map.groupBy(points, ({ atMs }) =>
    Math.min(mostStretches - 1, Math.floor((atMs - first.atMs) / lengthMs)),
  );
  return [...stretches.values()].map((within) => ({
    atMs: within.reduce((sum, { atMs }) => sum + atMs / within.length, 0),
    value: median(within.map(({ value }) => value)) ?? 0,
  }));
}

/** Standard deviations above what is expected of values in no order; equal values are allowed for. */
function scoreOf(values: readonly number[]): number {
  let rises = 0;
  for (const [at, value] of values.entries())
    for (const later of values.slice(at + 1)) rises += Math.sign(later - value);
  const spread = (n: number): number => n * (n - 1) * (2 * n + 5);
  const ties = [...Map.groupBy(values, (value) => value).values()].reduce((sum, { length }) => sum + spread(length), 0);
  const variance = (spread(values.length) - ties) / 18;
  return variance <= 0 ? 0 : (rises - 1) / Math.sqrt(variance);
}

const slopesOf = (values: readonly TimedValue[]): readonly number[] =>
  values.flatMap(({ atMs, value }, at) =>
    values.slice(at + 1).map((later) => (later.value - value) / (later.atMs - atMs)),
  );

const middle = (values: readonly number[]): number => median(values) ?? 0;
