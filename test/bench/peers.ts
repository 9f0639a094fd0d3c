/** `npm run bench -- peers`: the judges of other delivery controllers and ours on the same series, false rollbacks and times of detection side by side. */
import { upperBound } from '../../src/tuning/backtest/upper-bound.ts';
import { type Pool, startPool } from '../simulate/on-all-cores.ts';
import { contestName, type Endings } from './peer-judges/contest.ts';
import { canaryWeight, courseMinutes } from './peer-judges/course.ts';
import { judges, type Situation, situations, traffics } from './peer-judges/field.ts';
import { block } from './peer-judges/standings.ts';

const runs = 1_000;
const seed = 1;

console.log(
  `peers: ${runs} rollouts of ${courseMinutes} minutes at ${canaryWeight} % each, Poisson arrivals, one rule: error rate <= 0.1 %; seed ${seed}`,
);
for (const { name, settings } of judges) console.log(`  ${name.padEnd(13)} ${settings}`);
console.log(`
healthy: rolled back / neither that nor through at the end (it is paused, or goes on at its weight until there is enough to say).
The others: median minutes until it was rolled back (-: fewer than half were), then rolled back / let through.
0.0 of ${runs} means, with 95 % confidence, at most ${(100 * upperBound(0, runs)).toFixed(1)} %. Kayenta asks whether the canary differs from stable at all, the others
whether it keeps the limit: sooner or later is not the same question.`);

const pool = startPool<Endings>(new URL('./peer-judges/worker.ts', import.meta.url));
try {
  for (const situation of situations) console.log(`\n${(await blockOf(pool, situation)).join('\n')}`);
} finally {
  await pool.close();
}

async function blockOf(pool: Pool<Endings>, situation: Situation): Promise<readonly string[]> {
  const endings: (readonly Endings[])[] = [];
  for (const total of traffics) {
    const name = contestName(situation, total);
    endings.push(await pool.run({ name, seed }, runs, (done) => progress(`\r\x1b[K${name} ${done}/${runs}`)));
  }
  progress('\r\x1b[K');
  return block(situation, endings);
}

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(text);
}
