/** From the end of a leader in the middle of a release to the standby that leads: killed, and hanging; with what users missed meanwhile. */
import { setTimeout as delay } from 'node:timers/promises';
import { ApiClient } from '../../src/cli/api-client.ts';
import { eventually } from '../support/eventually.ts';
import { signalById } from '../support/process.ts';
import { must } from '../support/proxy.ts';
import { startSampleService } from '../support/sample-service.ts';
import { withCleanUp } from './rig/clean-up.ts';
import { figure } from './rig/figure.ts';
import { openStand, type Stand } from './rig/stand.ts';

const reach = { median: 15, worst: 15 };
const failures = { 'killed (SIGKILL)': 'SIGKILL', 'hanging (SIGSTOP)': 'SIGSTOP' } as const;
/** Of each failure. */
const runs = 3;

await withCleanUp(async (atEnd) => {
  const stand = await openStand({ atEnd, source: () => ({ scrape: { interval: '250ms' } }) });
  const canary = await startSampleService({ VERSION: 'v1', LATENCY_MS: '10' }, atEnd);
  const id = await stand.start('v1', canary.url);
  await stand.until(id, ({ phase }) => phase === 'baking');
  console.log(`two \`sluice run\` on one state folder, a release at 25 %, ${runs} failures of the leader each`);
  for (const [what, signal] of Object.entries(failures)) {
    const values: number[] = [];
    for (let run = 1; run <= runs; run += 1) values.push(await failOver(stand, id, signal));
    console.log(figure(`leader ${what} -> the standby answers as leader`, 's', { values, reach }));
  }
  const { '5xx': failed, none } = stand.load.latest()?.total.classes ?? { '5xx': Number.NaN, none: Number.NaN };
  console.log(`  users' requests that failed or got no answer meanwhile: ${failed + none}`);
});

/** Seconds until the standby's API shows the release, which then goes on. */
async function failOver({ controller, until }: Stand, id: string, signal: NodeJS.Signals): Promise<number> {
  const standby = await controller.standby();
  // It knows the leader's beat by then, as one does that has waited for hours.
  await delay(2_000);
  const fromMs = performance.now();
  signalById(controller.process().pid, signal);
  await standby.takesOver(60_000);
  await eventually(async () => must(await new ApiClient(controller.url(), null).release(id)), { everyMs: 20 });
  const tookMs = performance.now() - fromMs;
  await until(id, ({ phase, weight }) => phase === 'baking' && weight.applied === 25);
  return tookMs / 1_000;
}
