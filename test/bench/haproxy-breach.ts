/** From the reply that holds the convicting sample to weight 0 in two haproxy processes, as their runtime APIs tell. */
import { setTimeout as delay } from 'node:timers/promises';
import { startHaproxy, type TestHaproxy, weightsIn } from '../support/haproxy.ts';
import { howToInstall, missingPrograms, needs } from '../support/needs.ts';
import { startSampleService } from '../support/sample-service.ts';
import { withCleanUp } from './rig/clean-up.ts';
import { figure } from './rig/figure.ts';
import { type ScriptedPrometheus, scriptedPrometheus } from './rig/scripted-prometheus.ts';
import { openStand, type Stand } from './rig/stand.ts';

const runs = 20;
const reach = { median: 50, worst: 300 };
/** After it a run has failed. */
const longestMs = 60_000;

interface Scene {
  readonly stand: Stand;
  readonly prometheus: ScriptedPrometheus;
  readonly haproxies: readonly [TestHaproxy, TestHaproxy];
}

if (needs('haproxy')) await measure();
else console.log(`breach to zero in haproxy: NOT RUN: ${howToInstall(missingPrograms())}`);

function measure(): Promise<void> {
  return withCleanUp(async (atEnd) => {
    const prometheus = await scriptedPrometheus(atEnd);
    const haproxies = [await startHaproxy({ atEnd }), await startHaproxy({ atEnd })] as const;
    const haproxy = {
      endpoints: haproxies.map(({ socketPath }) => socketPath),
      backend: 'app',
      stable: ['stable1', 'stable2'],
      canary: ['canary1', 'canary2'],
    };
    const front = { traffic: { haproxy }, url: `${haproxies[0].origin}/` };
    const source = () => ({ prometheus: { url: prometheus.url, interval: '1s', timeout: '1s' } });
    const stand = await openStand({ atEnd, source, front });
    const values: number[] = [];
    for (let run = 1; run <= runs; run += 1) values.push(await oneRun({ stand, prometheus, haproxies }, `v${run}`));
    console.log('breach to zero: production rules, a Prometheus API polled each second, two real haproxy processes');
    console.log(figure('reply received -> weight 0 in both', 'ms', { values, reach }));
  });
}

/** Counts from just before the reply is sent, to the first look that finds no canary in service: both ways are counted, too. */
async function oneRun({ stand, prometheus, haproxies }: Scene, revision: string): Promise<number> {
  return withCleanUp(async (atEnd) => {
    const canary = await startSampleService({ VERSION: revision, LATENCY_MS: '10' }, atEnd);
    const id = await stand.start(revision, canary.url);
    await stand.until(id, ({ phase, rules }) => phase === 'baking' && rules.some(({ events }) => events > 0));
    const toldAtMs = await prometheus.breakCanary(new URL(canary.url).host);
    const zeroAtMs = await Promise.all(haproxies.map((each) => withoutCanary(each, toldAtMs + longestMs)));
    await stand.until(id, ({ ended }) => ended);
    return Math.max(...zeroAtMs) - toldAtMs;
  });
}

async function withoutCanary(haproxy: TestHaproxy, deadlineMs: number): Promise<number> {
  for (;;) {
    const weights = await weightsIn(haproxy);
    if (!Object.keys(weights).some((name) => name.startsWith('canary'))) return Date.now();
    if (Date.now() > deadlineMs) throw new Error(`the canary still has traffic: ${JSON.stringify(weights)}`);
    await delay(1);
  }
}
