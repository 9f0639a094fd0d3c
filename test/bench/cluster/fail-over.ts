/** The leader is killed as the canary's first failure is seen: how long until its successor has taken the users away. */
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../../support/eventually.ts';
import { canaryOf, openStage, pushFailing, routesOf, type Stage, withinMs, zeroAfterRise } from './breach-stage.ts';
import type { Scenario } from './fleet-scenarios.ts';
import { middle } from './row.ts';

const runs = 3;

const words = { scrape: { interval: '250ms', timeout: '1s' } };

/** Seconds from the first failed request to the route written with 0. */
async function oneRun(stage: Stage, version: string): Promise<number> {
  const { controllers, ground, load, namespace } = stage;
  const leader = controllers.newest;
  await controllers.start();
  const [from, begun] = [load.failedAtMs.length, ground.history.of(namespace).length];
  await pushFailing(stage, version);
  await eventually(() => routesOf(stage, begun).some(({ object }) => canaryOf(object) === 25), { withinMs });
  const first = await eventually(() => load.failedAtMs[from], { withinMs, everyMs: 5 });
  leader.crash();
  await leader.exited;
  const crashedAtMs = Date.now();
  const zero = await eventually(() => zeroAfterRise(routesOf(stage, begun)), { withinMs });
  if (zero.atMs < crashedAtMs) throw new Error('the leader took it back before it was killed: no fail-over was seen');
  await controllers.leads();
  // What was under way then is answered.
  await delay(3_000);
  return (zero.atMs - first) / 1_000;
}

export const failOver: Scenario = async (ground, atEnd) => {
  const stage = await openStage(ground, { words }, atEnd);
  await stage.controllers.leads();
  const seconds: number[] = [];
  for (let run = 1; run <= runs; run++) seconds.push(await oneRun(stage, `v${run + 1}`));
  console.log(`  ${seconds.map((each) => each.toFixed(2)).join(' ')} s`);
  const what = 'leader killed at the first failed request -> route written with 0';
  return [
    { what: `${what}, worst`, measured: Math.max(...seconds), unit: 's', reach: 15 },
    { what: `${what}, median`, measured: middle(seconds), unit: 's', reach: null },
  ];
};
