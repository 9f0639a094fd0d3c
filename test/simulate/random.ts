/** The product's seeded random numbers, and what only the simulations need: seeds of runs, and bursts. */
import { poisson, type Random } from '../../src/tuning/random.ts';

export { poisson, type Random, seeded } from '../../src/tuning/random.ts';

/** The seed of one run of what `name` says: FNV-1a over the name, then stirred with seed and number of the run. */
export const seedOf = (name: string, seed: number, run: number): number => {
  let hash = 0x811c9dc5;
  for (const letter of name) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  hash = Math.imul(hash ^ seed, 0x85ebca6b);
  return Math.imul(hash ^ (hash >>> 13) ^ run, 0xc2b2ae35);
};

/** Sum of a Poisson number of bursts of geometric size with this mean; variance/mean is 2 x size - 1. */
export const bursts = (random: Random, mean: number, size: number): number => {
  let sum = 0;
  for (let i = poisson(random, mean / size); i > 0; i--) sum += geometric(random, size);
  return sum;
};

/** At least 1; `mean` is 1 or more. */
export const geometric = (random: Random, mean: number): number =>
  mean === 1 ? 1 : 1 + Math.floor(Math.log(1 - random.next()) / Math.log(1 - 1 / mean));
