/** Weights of HAProxy's servers for a share of the traffic: whole numbers from 0 to 256, so that the canary's share is exact. */

/** How many servers take part. */
export interface Crew {
  readonly canary: number;
  readonly stable: number;
}

/** One weight for each server that takes part; within a version they differ by 1 at most. */
export interface Shares {
  readonly canary: readonly number[];
  readonly stable: readonly number[];
}

const most = 256;
/** Of a version that serves alone: HAProxy finishes a round of all its weights before new ones count in full, so rounds are kept short. */
const alone = 1;

/**
 *   percent = c / (c + s) in lowest terms: totals are k·c for the canary and k·s for stable, whatever the number of servers,
 *   so the share is exact for every k. The k that gives all servers of a version the same weight is taken where it fits, the
 *   largest that fits otherwise: then the servers of a version are as even as they can be.
 *
 * `percent`: integer 0-100. A version without servers gets no weights, and the other one everything.
 */
export function sharesOf(percent: number, { canary, stable }: Crew): Shares {
  if (percent === 0 || canary === 0) return { canary: same(canary, 0), stable: same(stable, alone) };
  if (percent === 100 || stable === 0) return { canary: same(canary, alone), stable: same(stable, 0) };
  const divisor = gcd(percent, 100 - percent);
  const parts = { canary: percent / divisor, stable: (100 - percent) / divisor };
  const largest = Math.min(Math.floor((most * canary) / parts.canary), Math.floor((most * stable) / parts.stable));
  const even = lcm(canary / gcd(canary, parts.canary), stable / gcd(stable, parts.stable));
  const times = even <= largest ? even : largest;
  return { canary: spread(times * parts.canary, canary), stable: spread(times * parts.stable, stable) };
}

/** The canary's part of these weights, percent; null: nobody has any. */
export function percentOf(canary: readonly number[], stable: readonly number[]): number | null {
  const total = sum(canary) + sum(stable);
  return total === 0 ? null : (100 * sum(canary)) / total;
}

const sum = (weights: readonly number[]): number => weights.reduce((total, weight) => total + weight, 0);

const same = (count: number, weight: number): readonly number[] => new Array<number>(count).fill(weight);

const spread = (total: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => Math.floor(total / count) + (index < total % count ? 1 : 0));

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

const lcm = (a: number, b: number): number => (a / gcd(a, b)) * b;
