/**
 * How likely a healthy canary passes a step, and when: the compatible pass looks once when the bake ends (or the sample is
 * complete) and again each time the sample has doubled. Errors are Poisson, phi is not in it: a burst passes as one event would not.
 */

export interface Looks {
  /** Canary events of the step at the first look, and how long after its start that is. */
  readonly events: number;
  readonly firstMs: number;
  /** True fraction of bad events, and the limit. */
  readonly ratio: number;
  readonly p0: number;
  /** No look after this. */
  readonly untilMs: number;
}

export interface PassChance {
  /** At the first look. */
  readonly first: number;
  /** Until `untilMs`. */
  readonly ever: number;
  /** Until the look that passes, of those that pass; null: none does. */
  readonly expectedMs: number | null;
}

/** Beyond this the counts of bad events are all but certain. */
const negligible = 1e-9;

export function passChance({ events, firstMs, ratio, p0, untilMs }: Looks): PassChance {
  if (!(firstMs <= untilMs)) return { first: 0, ever: 0, expectedMs: null };
  /** Probability of each number of bad events, of those canaries that did not pass yet. */
  let open = new Map([[0, 1]]);
  let [atMs, sample, added] = [firstMs, events, events];
  let [first, ever, sumMs] = [0, 0, 0];
  while (atMs <= untilMs && open.size > 0) {
    const all = withMore(open, added * ratio);
    const mostBad = Math.floor(p0 * sample + 1e-9);
    const passed = [...all].reduce((sum, [bad, chance]) => (bad <= mostBad ? sum + chance : sum), 0);
    if (atMs === firstMs) first = passed;
    ever += passed;
    sumMs += passed * atMs;
    open = new Map([...all].filter(([bad]) => bad > mostBad));
    [atMs, added, sample] = [atMs * 2, sample, sample * 2];
  }
  return { first, ever, expectedMs: ever > negligible ? sumMs / ever : null };
}

function withMore(open: ReadonlyMap<number, number>, mean: number): Map<number, number> {
  const more = poissonChances(mean);
  const all = new Map<number, number>();
  for (const [bad, chance] of open)
    for (const [extra, part] of more)
      if (chance * part > negligible / 1000) all.set(bad + extra, (all.get(bad + extra) ?? 0) + chance * part);
  return all;
}

/** Those that matter; from the likeliest outwards, so that no mean is too large for it. */
function poissonChances(mean: number): readonly (readonly [number, number])[] {
  if (mean === 0) return [[0, 1]];
  const top = Math.floor(mean);
  const chances: [number, number][] = [[top, 1]];
  for (let k = top, p = 1; k > 0; k--) {
    p *= k / mean;
    if (p < negligible) break;
    chances.push([k - 1, p]);
  }
  for (let k = top + 1, p = 1; ; k++) {
    p *= mean / k;
    if (p < negligible) break;
    chances.push([k, p]);
  }
  const sum = chances.reduce((total, [, p]) => total + p, 0);
  return chances.map(([k, p]) => [k, p / sum]);
}
