/** Random numbers that can be repeated: the same seed gives the same faults and arrivals. */

export type Random = () => number;

/** Uniform numbers in [0, 1) from a 32-bit seed (mulberry32); without a seed, Math.random. */
export function seededRandom(seed: number | null): Random {
  if (seed === null) return Math.random;
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A factor around 1 with a tail to the right: exp(sigma * N(0,1)), median 1. */
export function lognormalFactor(random: Random, sigma: number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random()));
  return Math.exp(sigma * radius * Math.cos(2 * Math.PI * random()));
}
