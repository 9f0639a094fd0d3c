import { expect, test } from 'vitest';
import { FaultBoard } from '../../src/cli/demo/fault-board.ts';
import { ProcessWorkload } from '../../src/workload/process.ts';
import { atTestEnd } from '../support/at-end.ts';
import { allReady, emptyBackends, impatient } from '../support/process-workloads.ts';
import { startSampleService, type TestService } from '../support/sample-service.ts';
import { tempDir } from '../support/temp-dir.ts';

async function running(revisions: Readonly<Record<string, TestService>>): Promise<ProcessWorkload> {
  const opened = await ProcessWorkload.open({
    stateDir: await tempDir(),
    backends: emptyBackends(),
    epoch: 1,
    timing: impatient,
  });
  if (!opened.ok) throw new Error(opened.error.message);
  const workload = opened.value;
  atTestEnd(() => workload.stopAll());
  for (const [revision, { url }] of Object.entries(revisions)) {
    await workload.ensure(revision, { kind: 'endpoints', urls: [url], healthPath: '/healthz' }, 1);
    await allReady(workload, revision);
  }
  return workload;
}

const faultsOf = async ({ url }: TestService): Promise<unknown> => (await fetch(`${url}/_control`)).json();

test('a fault goes into the revision that is named, an outage of metrics into all, and both can be taken out', async () => {
  const [v1, v2] = [await startSampleService({ VERSION: 'v1' }), await startSampleService({ VERSION: 'v2' })];
  const board = new FaultBoard(await running({ v1, v2 }));
  expect(await board.switchOn('errors', 'v2')).toBe('5 % errors in v2');
  expect([board.isOn('errors', 'v2'), board.isOn('errors', 'v1')]).toEqual([true, false]);
  expect(await faultsOf(v2)).toMatchObject({ errorRate: 0.05 });
  expect(await faultsOf(v1)).toMatchObject({ errorRate: 0 });

  await board.switchOn('outage', 'v2');
  expect([board.isOn('outage', 'v2'), board.isOn('outage', 'v3')]).toEqual([true, true]);
  for (const service of [v1, v2]) expect(await faultsOf(service)).toMatchObject({ metricsDown: true });

  expect(await board.switchOff('errors')).toBe('no more: 5 % errors in v2');
  await board.switchOff('outage');
  expect(await faultsOf(v2)).toMatchObject({ errorRate: 0.0001, metricsDown: false });
  expect(await faultsOf(v1)).toMatchObject({ errorRate: 0, metricsDown: false });
});

test('a fault for a revision that does not run is said to have gone nowhere', async () => {
  const v1 = await startSampleService({ VERSION: 'v1' });
  const board = new FaultBoard(await running({ v1 }));
  expect(await board.switchOn('latency', 'v9')).toBe('no instance of v9 runs that could have latency');
  expect(board.isOn('latency', 'v9')).toBe(false);
  expect(await board.switchOff('latency')).toBe('latency was off');
});
