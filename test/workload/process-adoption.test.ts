import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ProcessWorkload } from '../../src/workload/process.ts';
import { groupRuns } from '../../src/workload/process-table.ts';
import type { Instance } from '../../src/workload/workload.ts';
import { atTestEnd } from '../support/at-end.ts';
import { eventually } from '../support/eventually.ts';
import { isAlive, signalById, startProcess } from '../support/process.ts';
import {
  allReady,
  emptyBackends,
  endProcessesOf,
  instanceFiles,
  nodeSpec,
  openWorkload,
  registeredPids,
  stateOf,
  tinyServer,
} from '../support/process-workloads.ts';
import { tempDir } from '../support/temp-dir.ts';

const controllerPath = join(import.meta.dirname, '../support/controller-process.ts');

/** A controller that ran `replicas` instances of v1 and was killed; answers what it ran. */
async function killedController(stateDir: string, replicas: number): Promise<readonly Instance[]> {
  endProcessesOf(stateDir);
  const controller = startProcess([process.execPath, controllerPath, stateDir, tinyServer, String(replicas)]);
  const [, instances = ''] = await controller.says(/^instances (.*)$/m);
  expect(await controller.end('SIGKILL')).toBe('SIGKILL');
  return JSON.parse(instances) as Instance[];
}

function changeRecord(stateDir: string, change: object): void {
  const [file = ''] = instanceFiles(stateDir);
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), ...change }));
}

test('a killed controller harms no service, and the next one takes them up as they are', async () => {
  const stateDir = await tempDir();
  const before = await killedController(stateDir, 2);
  for (const { url } of before) expect((await fetch(url)).status).toBe(200);
  const next = await openWorkload({ stateDir });
  expect((await stateOf(next, 'v1')).instances).toEqual(before);
  await next.ensure('v1', nodeSpec(['-e', tinyServer]), 2);
  expect((await stateOf(next, 'v1')).instances).toEqual(before);
});

test('an adopted process that dies is noticed and started again', async () => {
  const stateDir = await tempDir();
  const [before] = await killedController(stateDir, 1);
  const next = await openWorkload({ stateDir });
  signalById(before?.pid ?? 0, 'SIGKILL');
  await eventually(async () => (await stateOf(next, 'v1')).instances[0]?.restarts === 1);
  const { instances } = await allReady(next, 'v1');
  expect(instances[0]?.url).toBe(before?.url);
});

test('what died while no controller ran is started again, and counted', async () => {
  const stateDir = await tempDir();
  const [before] = await killedController(stateDir, 1);
  signalById(before?.pid ?? 0, 'SIGKILL');
  await eventually(() => !isAlive(before?.pid ?? 0));
  const next = await openWorkload({ stateDir });
  const { instances } = await allReady(next, 'v1');
  expect(instances[0]).toMatchObject({ id: 'v1-1', restarts: 1 });
});

test('a process that got the id of a dead instance is neither taken up nor ended', async () => {
  const stateDir = await tempDir();
  const [before] = await killedController(stateDir, 1);
  signalById(before?.pid ?? 0, 'SIGKILL');
  await eventually(() => !isAlive(before?.pid ?? 0));
  const bystander = startProcess(['sleep', '60']);
  changeRecord(stateDir, { pid: bystander.pid });
  const next = await openWorkload({ stateDir });
  const { instances } = await allReady(next, 'v1');
  expect(instances[0]?.pid).not.toBe(bystander.pid);
  changeRecord(stateDir, { pid: bystander.pid });
  await next.stopAll();
  expect(isAlive(bystander.pid)).toBe(true);
});

test.runIf(process.platform === 'linux')(
  'a process whose id was never written down is found by its launch',
  async () => {
    const stateDir = await tempDir();
    const [before] = await killedController(stateDir, 1);
    changeRecord(stateDir, { pid: null, mark: null, ready: false });
    const next = await openWorkload({ stateDir });
    const { instances } = await allReady(next, 'v1');
    expect(instances[0]).toMatchObject({ pid: before?.pid, restarts: 0 });
  },
);

test.runIf(process.platform === 'linux')('children of a dead leader are ended before it is started again', async () => {
  const stateDir = await tempDir();
  const first = await openWorkload({ stateDir });
  const wrapped = { ...nodeSpec([]), command: ['/bin/sh', '-c', `"$0" -e "$1"; exit 1`, process.execPath, tinyServer] };
  await first.ensure('v1', wrapped, 1);
  const { instances } = await allReady(first, 'v1');
  const leader = instances[0]?.pid ?? 0;
  first.close();
  signalById(leader, 'SIGKILL');
  await eventually(() => !isAlive(leader));
  atTestEnd(() => void signalById(-leader, 'SIGKILL'));
  expect(groupRuns(leader)).toBe(true);
  expect((await fetch(instances[0]?.url ?? '')).status).toBe(200);
  const second = await openWorkload({ stateDir });
  await allReady(second, 'v1');
  expect((await stateOf(second, 'v1')).instances[0]?.restarts).toBe(1);
  await eventually(() => !groupRuns(leader));
});

test('one failed probe of the new controller does not take out what was ready', async () => {
  const stateDir = await tempDir();
  const [before] = await killedController(stateDir, 1);
  signalById(before?.pid ?? 0, 'SIGSTOP');
  const next = await openWorkload({ stateDir });
  expect((await stateOf(next, 'v1')).instances[0]?.state).toBe('ready');
  await eventually(async () => (await stateOf(next, 'v1')).instances[0]?.state === 'unready');
});

test('a scale-down that a killed controller began is finished by the next', async () => {
  const stateDir = await tempDir();
  await killedController(stateDir, 2);
  const file = join(stateDir, 'revisions', 'v1.json');
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), wanted: 1 }));
  const next = await openWorkload({ stateDir });
  await eventually(async () => (await stateOf(next, 'v1')).instances.length === 1);
  expect((await stateOf(next, 'v1')).instances[0]?.id).toBe('v1-1');
  expect(registeredPids(stateDir)).toHaveLength(1);
});

test('an instance of a revision that nobody knows is ended', async () => {
  const stateDir = await tempDir();
  const [before] = await killedController(stateDir, 1);
  const file = join(stateDir, 'revisions', 'v1.json');
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), revision: 'v0' }));
  changeRecord(stateDir, { revision: 'v3' });
  await openWorkload({ stateDir });
  expect(isAlive(before?.pid ?? 0)).toBe(false);
});

test.each([
  ['is not JSON', '{"version": 1, "rev'],
  ['is not a record of this version', '{"version": 2}'],
])('a record that %s stops the start, by name', async (words, text) => {
  const stateDir = await tempDir();
  (await openWorkload({ stateDir })).close();
  writeFileSync(join(stateDir, 'instances', 'v1-1.json'), text);
  const opened = await ProcessWorkload.open({ stateDir, backends: emptyBackends(), epoch: 1 });
  expect(opened.ok ? 'opened' : opened.error.reason).toBe('RegistryUnreadable');
  expect(opened.ok ? '' : opened.error.message).toContain(join(stateDir, 'instances', 'v1-1.json'));
  expect(opened.ok ? '' : opened.error.message).toContain(words);
});
