/** All scenarios by name, and the seed of each of their runs. */
import type { Ending } from './ending.ts';
import { product } from './product-scenarios.ts';
import { seeded } from './random.ts';
import { oneRule, type Scenario } from './scenarios.ts';

export const catalogue: readonly Scenario[] = [...oneRule, ...product];

export interface Batch {
  readonly name: string;
  readonly seed: number;
  readonly from: number;
  readonly to: number;
}

/** The runs from `from` to before `to`: the same endings whichever core runs them, in whatever batches. */
export const runBatch = ({ name, seed, from, to }: Batch): readonly Ending[] => {
  const scenario = catalogue.find((each) => each.name === name);
  if (scenario === undefined) throw new Error(`no scenario ${name}`);
  const endings: Ending[] = [];
  for (let i = from; i < to; i++) endings.push(scenario.run(seeded(seedOf(name, seed, i))));
  return endings;
};

/** FNV-1a over the name, then stirred with seed and number of the run. */
const seedOf = (name: string, seed: number, run: number): number => {
  let hash = 0x811c9dc5;
  for (const letter of name) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  hash = Math.imul(hash ^ seed, 0x85ebca6b);
  return Math.imul(hash ^ (hash >>> 13) ^ run, 0xc2b2ae35);
};
