/** Fewer points for a picture: of each stretch of time the one that stands out most is kept, so that no peak vanishes. */

export interface Timed {
  readonly atMs: number;
}

/** At most `most` of them, in their order; the newest always. `heightOf`: what must not vanish; null: nothing there. */
export function thin<T extends Timed>(
  points: readonly T[],
  most: number,
  heightOf: (point: T) => number | null,
): readonly T[] {
  const [first, last] = [points[0], points.at(-1)];
  if (points.length <= most || first === undefined || last === undefined) return points;
  const stretchMs = (last.atMs - first.atMs) / (most - 1);
  const stretches = Map.groupBy(points.slice(0, -1), ({ atMs }) =>
    Math.min(most - 2, Math.floor((atMs - first.atMs) / stretchMs)),
  );
  const kept: T[] = [];
  for (const stretch of stretches.values()) {
    const before = kept.at(-1);
    const from = before === undefined ? 0 : (heightOf(before) ?? 0);
    const strangeness = (point: T): number => Math.abs((heightOf(point) ?? from) - from);
    const [one] = stretch;
    if (one !== undefined) kept.push(stretch.reduce((a, b) => (strangeness(b) >= strangeness(a) ? b : a), one));
  }
  return [...kept, last];
}
