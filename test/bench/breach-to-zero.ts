/** From the reply that holds the convicting sample to weight 0 in the data plane: judging, deciding, saving and writing, nothing else. */
import { startSampleService } from '../support/sample-service.ts';
import { withCleanUp } from './rig/clean-up.ts';
import { figure } from './rig/figure.ts';
import { type ScriptedPrometheus, scriptedPrometheus } from './rig/scripted-prometheus.ts';
import { openStand, type Stand } from './rig/stand.ts';

const runs = 20;
const reach = { median: 50, worst: 300 };

interface Scene {
  readonly stand: Stand;
  readonly prometheus: ScriptedPrometheus;
}

await withCleanUp(async (atEnd) => {
  const prometheus = await scriptedPrometheus(atEnd);
  const source = () => ({ prometheus: { url: prometheus.url, interval: '1s', timeout: '1s' } });
  const stand = await openStand({ atEnd, source });
  const values: number[] = [];
  for (let run = 1; run <= runs; run += 1) values.push(await oneRun({ stand, prometheus }, `v${run}`));
  console.log('breach to zero: production rules, a Prometheus API polled each second, the real proxy and SQLite store');
  console.log(figure('reply received -> weight 0', 'ms', { values, reach }));
});

/** Counts from just before the reply is sent: its way to the controller is counted, too. */
async function oneRun({ stand, prometheus }: Scene, revision: string): Promise<number> {
  return withCleanUp(async (atEnd) => {
    const canary = await startSampleService({ VERSION: revision, LATENCY_MS: '10' }, atEnd);
    const id = await stand.start(revision, canary.url);
    await stand.until(id, ({ phase, rules }) => phase === 'baking' && rules.some(({ events }) => events > 0));
    const toldAtMs = await prometheus.breakCanary(new URL(canary.url).host);
    const zeroAtMs = await stand.zeroAtMs(toldAtMs);
    await stand.until(id, ({ ended }) => ended);
    return zeroAtMs - toldAtMs;
  });
}
