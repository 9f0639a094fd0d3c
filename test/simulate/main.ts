/** `npm run simulate`: every simulated row of the design, seeded, on all cores; exit 1 when a bound fails. */
import { parseArgs } from 'node:util';
import { catalogue } from './catalogue.ts';
import type { Ending } from './ending.ts';
import { type Pool, startPool } from './on-all-cores.ts';
import { published } from './published.ts';
import type { Figure, Scenario } from './scenarios.ts';
import { heading, rowsOf } from './table.ts';

const help = `Simulates the judge and prints each figure beside its reference and its bound.

  npm run simulate -- [--only NAME]... [--runs N] [--seed N]

  --only NAME  scenarios whose name contains NAME; may be given more than once
  --runs N     runs for each scenario, instead of the number that its bound is made for
  --seed N     another seed than 1
  --list       the names, and nothing else

Exit: 0 all bounds hold, 1 one fails, 3 wrong use.`;

interface Wish {
  readonly scenarios: readonly Scenario[];
  readonly runs: number | null;
  readonly seed: number;
}

const whole = (text: string | undefined, name: string): number | null => {
  if (text === undefined) return null;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`--${name} is a whole number above 0, not "${text}"`);
  return Number(text);
};

const wishOf = (values: { only?: string[]; runs?: string; seed?: string }): Wish => {
  const only = values.only ?? [];
  for (const name of only)
    if (!catalogue.some((each) => each.name.includes(name)))
      throw new Error(`no scenario is named like "${name}"; --list names them all`);
  const scenarios = catalogue.filter((each) => only.length === 0 || only.some((name) => each.name.includes(name)));
  return { scenarios, runs: whole(values.runs, 'runs'), seed: whole(values.seed, 'seed') ?? 1 };
};

const simulate = async (pool: Pool<Ending>, { scenarios, runs, seed }: Wish): Promise<number> => {
  console.log(`${scenarios.length} scenarios, seed ${seed}, ${pool.cores} cores\n\n${heading()}`);
  let failed = 0;
  const found = new Map<string, readonly Figure[]>();
  for (const scenario of scenarios) {
    const wanted = runs ?? scenario.runs;
    const endings = await pool.run({ name: scenario.name, seed }, wanted, (done) => progress(scenario, done, wanted));
    clearProgress();
    const figures = scenario.figures(endings);
    failed += figures.filter(({ holds }) => !holds).length;
    found.set(scenario.name, figures);
    for (const row of rowsOf(scenario, figures)) console.log(row);
  }
  const summary = published(found);
  if (summary.length > 0) console.log(`\n${summary.join('\n')}`);
  return failed;
};

const progress = ({ name }: Scenario, done: number, wanted: number): void => {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${name} ${done}/${wanted}`);
};
const clearProgress = (): void => {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
};

const main = async (): Promise<number> => {
  const options = {
    only: { type: 'string', multiple: true },
    runs: { type: 'string' },
    seed: { type: 'string' },
    list: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  } as const;
  let wish: Wish;
  try {
    const { values } = parseArgs({ options });
    if (values.help === true) return say(help);
    if (values.list === true) return say(catalogue.map(({ name }) => name).join('\n'));
    wish = wishOf(values);
  } catch (problem) {
    console.error(`${(problem as Error).message}\n\n${help}`);
    return 3;
  }
  const started = performance.now();
  const pool = startPool<Ending>(new URL('./worker.ts', import.meta.url));
  const failed = await simulate(pool, wish).finally(() => pool.close());
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(`\n${failed === 0 ? 'All bounds hold' : `${failed} bounds FAIL`}, after ${seconds} s.`);
  return failed === 0 ? 0 : 1;
};

const say = (text: string): number => {
  console.log(text);
  return 0;
};

process.exitCode = await main();
