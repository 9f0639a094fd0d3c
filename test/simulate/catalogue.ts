/** All scenarios by name, and the seed of each of their runs. */
import { bursty } from './bursty-scenarios.ts';
import type { Ending } from './ending.ts';
import type { Batch } from './on-all-cores.ts';
import { product } from './product-scenarios.ts';
import { promises } from './promises.ts';
import { seeded, seedOf } from './random.ts';
import { oneRule, type Scenario } from './scenarios.ts';

export const catalogue: readonly Scenario[] = [...oneRule, ...product, ...bursty, ...promises];

/** The runs from `from` to before `to`: the same endings whichever core runs them, in whatever batches. */
export const runBatch = ({ name, seed, from, to }: Batch): readonly Ending[] => {
  const scenario = catalogue.find((each) => each.name === name);
  if (scenario === undefined) throw new Error(`no scenario ${name}`);
  const endings: Ending[] = [];
  for (let i = from; i < to; i++) endings.push(scenario.run(seeded(seedOf(name, seed, i))));
  return endings;
};
