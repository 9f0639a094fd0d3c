/** The workload under real traffic: real processes behind the real proxy, and users who count what they get. */
import { expect, test } from 'vitest';
import { type Load, startLoad } from '../../src/cli/demo/load.ts';
import { ProxyBackends } from '../../src/router/proxy-backends.ts';
import { ensureProxy } from '../../src/router/proxy-process.ts';
import type { ProcessWorkload } from '../../src/workload/process.ts';
import { eventually } from '../support/eventually.ts';
import { endAtLast, signalById } from '../support/process.ts';
import { allReady, openWorkload, sampleSpec, stateOf } from '../support/process-workloads.ts';
import { must } from '../support/proxy.ts';
import { tempDir } from '../support/temp-dir.ts';

interface Traffic {
  readonly workload: ProcessWorkload;
  readonly load: Load;
}

/** Two instances of v1 behind a proxy, under 200 requests a second. */
async function traffic(): Promise<Traffic> {
  const proxy = must(await ensureProxy({ stateDir: await tempDir(), name: 'app', listen: '127.0.0.1:0', epoch: 1 }));
  endAtLast(proxy.pid);
  const backends = new ProxyBackends(proxy.socketPath);
  const workload = await openWorkload({ stateDir: await tempDir(), backends, timing: { drainMs: 200 } });
  must(await workload.ensure('v1', sampleSpec('v1'), 2));
  await allReady(workload, 'v1');
  must(await workload.serve('stable', 'v1', 1));
  const load = must(startLoad({ url: `http://${proxy.listen}/`, ratePerSecond: 200, seconds: 60 }));
  endAtLast(load.pid);
  await answeredBy(load, 'v1');
  return { workload, load };
}

function answeredBy(load: Load, version: string): Promise<number> {
  return eventually(() => load.latest()?.lastSecond.versions[version]?.succeeded);
}

test('promotion and the end of the old revision cost no request', async () => {
  const { workload, load } = await traffic();
  must(await workload.ensure('v2', sampleSpec('v2'), 2));
  await allReady(workload, 'v2');
  must(await workload.serve('stable', 'v2', 1));
  must(await workload.ensure('v1', sampleSpec('v1'), 0));
  await eventually(async () => !(await stateOf(workload, 'v1').catch(() => null)));
  await answeredBy(load, 'v2');
  const report = await load.stop();
  expect(report?.total.classes).toMatchObject({ '5xx': 0, none: 0 });
});

test('scaling down costs no request', async () => {
  const { workload, load } = await traffic();
  must(await workload.ensure('v1', sampleSpec('v1'), 1));
  await eventually(async () => (await stateOf(workload, 'v1')).instances.length === 1);
  const report = await load.stop();
  expect(report?.total.classes).toMatchObject({ '5xx': 0, none: 0 });
});

test('a killed instance costs the requests of a moment, and comes back', async () => {
  const { workload, load } = await traffic();
  const [victim] = (await stateOf(workload, 'v1')).instances;
  signalById(victim?.pid ?? 0, 'SIGKILL');
  await eventually(async () => (await stateOf(workload, 'v1')).instances[0]?.restarts === 1);
  await allReady(workload, 'v1');
  const sentByThen = load.latest()?.total.sent ?? 0;
  await eventually(() => (load.latest()?.total.sent ?? 0) > sentByThen + 200);
  const report = await load.stop();
  expect(report?.lastSecond.classes).toMatchObject({ '5xx': 0, none: 0 });
  expect(report?.total.classes['5xx']).toBeLessThan(20);
  expect(report?.longestInterruptionMs).toBeLessThan(1_000);
});
