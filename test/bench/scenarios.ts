/** How many rollouts of 55 minutes `sluice rules test` goes through in a second: the shipped rules, a look each 15 s, seeded traffic. */
import { readFileSync } from 'node:fs';
import { runScenario } from '../../src/tuning/run-scenario.ts';
import type { Scenario } from '../../src/tuning/scenario.ts';
import { parseScenarios } from '../../src/tuning/scenario-parse.ts';

const file = new URL('../scenarios/healthy.yaml', import.meta.url).pathname;
const rounds = 3;
const runs = 200;
const goalPerSecond = 200;

const parsed = await parseScenarios(readFileSync(file), file);
if (!parsed.ok) throw new Error(parsed.error.map(({ message }) => message).join('; '));
const scenario = parsed.value.find(({ metrics }) => metrics.kind === 'traffic' && metrics.seed !== null);
if (scenario?.metrics.kind !== 'traffic') throw new Error(`${file} has no scenario with a seed`);
const { metrics } = scenario;
const seeded = (seed: number): Scenario => ({ ...scenario, metrics: { ...metrics, seed } });

/** Time of this thread alone: what else the machine does is not the runner's. */
function perSecond(): number {
  const start = process.threadCpuUsage();
  for (let seed = 1; seed <= runs; seed += 1) runScenario(seeded(seed));
  const { user, system } = process.threadCpuUsage(start);
  return (runs * 1_000_000) / (user + system);
}

const rates = Array.from({ length: rounds }, perSecond);
const best = Math.max(...rates);
const looks = runScenario(seeded(1)).frames.length;
const missed = best < goalPerSecond ? '   MISSED' : '';
console.log(`scenarios per second of CPU, 55-minute plan, ${scenario.rules.rules.length} rules, ${looks} looks:`);
console.log(`  ${rates.map((rate) => rate.toFixed(0)).join(', ')}   goal >= ${goalPerSecond}${missed}`);
