/** What users met in a release by one measure: events and bad ones of both arms, minute by minute. */
import type { Counts, CountsReading } from '../../metrics/reading.ts';
import { noCounts } from '../../metrics/reading.ts';
import { addCounts } from '../../verdict/counts.ts';

export interface TollPoint {
  readonly atMs: number;
  readonly canary: Counts;
  readonly stable: Counts;
}

const pointMs = 60_000;

export class Toll {
  readonly #points: TollPoint[] = [];

  get points(): readonly TollPoint[] {
    return this.#points;
  }

  add(nowMs: number, { canary, stable }: CountsReading['fresh']): void {
    const last = this.#points.at(-1);
    const isSame = last !== undefined && nowMs - last.atMs < pointMs;
    const before = isSame ? last : { atMs: nowMs, canary: noCounts, stable: noCounts };
    const point = {
      ...before,
      canary: addCounts(before.canary, canary),
      stable: addCounts(before.stable, stable ?? noCounts),
    };
    if (isSame) this.#points[this.#points.length - 1] = point;
    else this.#points.push(point);
  }
}

/** All of one arm. */
export const sumOf = (points: readonly TollPoint[], arm: 'canary' | 'stable'): Counts =>
  points.reduce((sum, point) => addCounts(sum, point[arm]), noCounts);

/** The canary's bad events from one time up to another, to the minute. */
export const badBetween = (points: readonly TollPoint[], fromMs: number, toMs: number): number =>
  points.filter(({ atMs }) => atMs >= fromMs && atMs < toMs).reduce((sum, { canary }) => sum + canary.bad, 0);
