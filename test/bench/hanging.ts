/** Breach to weight 0 while everything outside hangs: hooks, health endpoint, Alertmanager and notifier never answer, and who asked for the report never reads it. */
import { startSampleService } from '../support/sample-service.ts';
import { withCleanUp } from './rig/clean-up.ts';
import { figure } from './rig/figure.ts';
import { scriptedPrometheus } from './rig/scripted-prometheus.ts';
import { silentChecks, silentWorld } from './rig/silent-world.ts';
import { openStand } from './rig/stand.ts';
import { leaveUnread } from './rig/unread-reports.ts';

const runs = 10;
/** Readers of the report, each of which takes nothing of its answer. */
const unread = 20;
const reach = { median: 100, worst: 1_000 };

await withCleanUp(async (atEnd) => {
  const { taken, url } = await silentWorld(atEnd);
  const prometheus = await scriptedPrometheus(atEnd);
  const stand = await openStand({
    atEnd,
    source: () => ({ prometheus: { url: prometheus.url, interval: '1s', timeout: '1s' } }),
    more: {
      sources: { alerts: { alertmanager: { url } } },
      spec: { checks: silentChecks({ url }), notify: [{ webhook: { url } }] },
    },
  });
  const values: number[] = [];
  for (let run = 1; run <= runs; run += 1) {
    await withCleanUp(async (atRunEnd) => {
      const canary = await startSampleService({ VERSION: `v${run}`, LATENCY_MS: '10' }, atRunEnd);
      const id = await stand.start(`v${run}`, canary.url);
      await stand.until(id, ({ phase, rules }) => phase === 'baking' && rules.some(({ events }) => events > 0));
      await leaveUnread({ url: stand.controller.url(), id, count: unread }, atRunEnd);
      const toldAtMs = await prometheus.breakCanary(new URL(canary.url).host);
      values.push((await stand.zeroAtMs(toldAtMs)) - toldAtMs);
      await stand.until(id, ({ ended }) => ended);
    });
  }
  console.log(`breach to zero while ${taken()} connections of hooks, health endpoint, Alertmanager and notifier hang`);
  console.log(`  and ${unread} reports a release are asked for, and never read`);
  console.log(figure('reply received -> weight 0', 'ms', { values, reach }));
});
