import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { ProcessWorkload } from '../../src/workload/process.ts';
import { stopProcess } from '../../src/workload/process-stop.ts';
import { eventually } from '../support/eventually.ts';
import { endAtLast, isAlive, signalById, startProcess } from '../support/process.ts';
import {
  allReady,
  instanceFiles,
  nodeSpec,
  openWorkload,
  registeredPids,
  stateOf,
  tinyServer,
} from '../support/process-workloads.ts';
import { tempDir } from '../support/temp-dir.ts';

async function firstOf(workload: ProcessWorkload, revision = 'v1') {
  const [instance] = (await stateOf(workload, revision)).instances;
  if (instance === undefined) throw new Error(`${revision} has no instance`);
  return instance;
}

async function pidOf(workload: ProcessWorkload): Promise<number> {
  return eventually(async () => (await firstOf(workload)).pid);
}

test('a killed instance is started again at its address, and counted', async () => {
  const workload = await openWorkload({ stateDir: await tempDir() });
  await workload.ensure('v1', nodeSpec(['-e', tinyServer]), 1);
  await allReady(workload, 'v1');
  const before = await firstOf(workload);
  signalById(before.pid ?? 0, 'SIGKILL');
  await eventually(async () => (await firstOf(workload)).restarts === 1);
  await allReady(workload, 'v1');
  const after = await firstOf(workload);
  expect({ id: after.id, url: after.url }).toEqual({ id: before.id, url: before.url });
  expect(after.pid).not.toBe(before.pid);
});

test('a hanging instance becomes unready, and ready again when it goes on', async () => {
  const workload = await openWorkload({ stateDir: await tempDir() });
  await workload.ensure('v1', nodeSpec(['-e', tinyServer]), 1);
  await allReady(workload, 'v1');
  const pid = await pidOf(workload);
  signalById(pid, 'SIGSTOP');
  const hanging = await eventually(async () => {
    const instance = await firstOf(workload);
    return instance.state === 'unready' ? instance : null;
  });
  expect(hanging.message).toMatch(/^GET http.*\/healthz: no answer within 400 ms$/);
  signalById(pid, 'SIGCONT');
  await allReady(workload, 'v1');
  expect(await pidOf(workload)).toBe(pid);
});

test('gives each instance its port, name and revision, and nothing of the controller', async () => {
  process.env['SLUICE_TOKEN'] = 'secret of the controller';
  onTestFinished(() => void delete process.env['SLUICE_TOKEN']);
  const stateDir = await tempDir();
  const workload = await openWorkload({ stateDir });
  const spec = nodeSpec(
    ['-e', `console.log(JSON.stringify([process.argv[1], process.env])); ${tinyServer}`, 'at={port}'],
    {
      COLOUR: 'green',
    },
  );
  await workload.ensure('v1', { ...spec, cwd: stateDir }, 1);
  await allReady(workload, 'v1');
  const { url, cwd } = await firstOf(workload);
  expect(cwd).toBe(stateDir);
  const [argument, env] = JSON.parse(readFileSync(join(stateDir, 'logs', 'v1-1.log'), 'utf8'));
  const { port } = new URL(url);
  expect(argument).toBe(`at=${port}`);
  expect(env).toMatchObject({
    PORT: port,
    COLOUR: 'green',
    SLUICE_REVISION: 'v1',
    SLUICE_INSTANCE: 'v1-1',
    PWD: expect.anything(),
  });
  expect(env).not.toHaveProperty('SLUICE_TOKEN');
});

test('an instance that keeps dying is a crash loop, with its exit code and its last words', async () => {
  const workload = await openWorkload({ stateDir: await tempDir() });
  const dying = { ...nodeSpec([]), command: ['/bin/sh', '-c', 'echo cannot read config >&2; exit 3'] };
  await workload.ensure('v1', dying, 1);
  const failure = await eventually(async () => (await stateOf(workload, 'v1')).failure);
  expect(failure.reason).toBe('CrashLoop');
  expect(failure.message).toMatch(
    /^v1-1 ended 6 times within \d s, last: exit code 3\. It is tried again every 30 s\./,
  );
  expect(failure.message).toContain('cannot read config');
  const { state, message } = await firstOf(workload);
  expect({ state, message }).toEqual({ state: 'exited', message: 'exit code 3; started again in 30 s' });
});

test.each([
  ['CommandNotFound', { command: ['no-such-program-here'] }, 'no command "no-such-program-here" in PATH'],
  ['CommandNotExecutable', { command: ['/etc/passwd'] }, '"/etc/passwd" may not be executed'],
  ['NoSuchDirectory', { cwd: '/no/such/directory' }, 'its directory /no/such/directory does not exist'],
])('%s fails at once', async (reason, change, words) => {
  const workload = await openWorkload({ stateDir: await tempDir() });
  await workload.ensure('v1', { ...nodeSpec(['-e', tinyServer]), ...change }, 1);
  const { failure, instances } = await stateOf(workload, 'v1');
  expect(failure?.reason).toBe(reason);
  expect(failure?.message).toContain(words);
  expect(instances.map(({ state }) => state)).toEqual(['exited']);
});

test('a failure is left behind once an instance stays up', async () => {
  const marker = join(await tempDir(), 'cured');
  const workload = await openWorkload({ stateDir: await tempDir(), timing: { restartMs: 1, stableMs: 50 } });
  const script = `const fs = require('fs'); fs.appendFileSync('${marker}', '.'); if (fs.readFileSync('${marker}').length < 4) process.exit(1); ${tinyServer}`;
  await workload.ensure('v1', nodeSpec(['-e', script]), 1);
  await allReady(workload, 'v1');
  expect(await stateOf(workload, 'v1')).toMatchObject({ failure: null, instances: [{ restarts: 3 }] });
});

test('a port that was taken before the instance listened is no crash: it gets another', async () => {
  const workload = await openWorkload({ stateDir: await tempDir() });
  // Fails as a server does whose port is taken: waits until somebody listens there, then exits.
  const waiting = `const look = () => require('net').connect(process.env.PORT, '127.0.0.1').on('connect', () => process.exit(1)).on('error', () => setTimeout(look, 20));`;
  await workload.ensure('v1', nodeSpec(['-e', `${waiting} look();`]), 1);
  const { url } = await firstOf(workload);
  const thief = createServer((_request, response) => response.writeHead(500).end());
  await new Promise<void>((resolve) => thief.listen(Number(new URL(url).port), '127.0.0.1', resolve));
  onTestFinished(() => void thief.close());
  await eventually(async () => (await firstOf(workload)).url !== url);
  expect((await firstOf(workload)).restarts).toBe(0);
});

test('what ignores SIGTERM, and its children, are killed after the grace', async () => {
  const stateDir = await tempDir();
  const workload = await openWorkload({ stateDir, timing: { graceMs: 200 } });
  const child = `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000);`;
  const script = `process.on('SIGTERM', () => {}); const c = require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(child)}]); console.log('child ' + c.pid); ${tinyServer}`;
  await workload.ensure('v1', nodeSpec(['-e', script]), 1);
  await allReady(workload, 'v1');
  const pid = await pidOf(workload);
  const log = () => readFileSync(join(stateDir, 'logs', 'v1-1.log'), 'utf8');
  const childPid = Number(await eventually(() => log().match(/child (\d+)/)?.[1]));
  endAtLast(childPid);
  expect([pid, childPid].map(isAlive)).toEqual([true, true]);
  await workload.stopAll();
  expect([pid, childPid].map(isAlive)).toEqual([false, false]);
});

test('what has the id of a process that is over is not stopped', async () => {
  const bystander = startProcess(['sleep', '60'], { detached: true });
  await stopProcess({ pid: bystander.pid, mark: 'of the process before', graceMs: 100 });
  expect(isAlive(bystander.pid)).toBe(true);
});

test('scaling down keeps the last ready instance until another is ready', async () => {
  const workload = await openWorkload({ stateDir: await tempDir() });
  await workload.ensure('v1', nodeSpec(['-e', tinyServer]), 2);
  await allReady(workload, 'v1');
  const hanging = await pidOf(workload);
  signalById(hanging, 'SIGSTOP');
  await eventually(async () => (await firstOf(workload)).state === 'unready');
  await workload.ensure('v1', nodeSpec(['-e', tinyServer]), 1);
  expect((await stateOf(workload, 'v1')).instances.map(({ state }) => state)).toEqual(['unready', 'ready']);
  signalById(hanging, 'SIGCONT');
  await allReady(workload, 'v1');
  expect(await pidOf(workload)).toBe(hanging);
});

test('stopAll ends every process and leaves no record; close leaves them running', async () => {
  const stateDir = await tempDir();
  const first = await openWorkload({ stateDir });
  await first.ensure('v1', nodeSpec(['-e', tinyServer]), 2);
  await allReady(first, 'v1');
  const pids = registeredPids(stateDir);
  first.close();
  expect(pids.map(isAlive)).toEqual([true, true]);
  const second = await openWorkload({ stateDir });
  await second.stopAll();
  expect(pids.map(isAlive)).toEqual([false, false]);
  expect(instanceFiles(stateDir)).toEqual([]);
  expect(await (await openWorkload({ stateDir })).observe()).toMatchObject({ value: { revisions: [] } });
});

test('another command under a name that runs is refused', async () => {
  const workload = await openWorkload({ stateDir: await tempDir() });
  await workload.ensure('v1', nodeSpec(['-e', tinyServer]), 1);
  await allReady(workload, 'v1');
  const pid = await pidOf(workload);
  const other = await workload.ensure('v1', nodeSpec(['-e', `${tinyServer};`]), 1);
  expect(other.ok ? 'accepted' : other.error.reason).toBe('RevisionChanged');
  const counted = await workload.ensure('v1', { ...nodeSpec(['-e', tinyServer]), replicas: 7 }, 1);
  expect(counted.ok).toBe(true);
  expect(await pidOf(workload)).toBe(pid);
});

test('the logs of instances that are gone are kept, but not all of them for ever', async () => {
  const stateDir = await tempDir();
  const workload = await openWorkload({ stateDir });
  await workload.ensure('v1', nodeSpec(['-e', tinyServer]), 1);
  const logs = join(stateDir, 'logs');
  const old = Array.from({ length: 60 }, (_, index) => `v0-${index + 1}.log`);
  for (const [index, name] of old.entries()) {
    writeFileSync(join(logs, name), 'x');
    utimesSync(join(logs, name), index, index);
  }
  utimesSync(join(logs, 'v1-1.log'), 0, 0);
  await eventually(() => readdirSync(logs).length === 41);
  expect(readdirSync(logs).toSorted()).toEqual([...old.slice(20), 'v1-1.log'].toSorted());
});

test('a log that has grown is moved aside, and written on', async () => {
  const stateDir = await tempDir();
  const workload = await openWorkload({ stateDir, timing: { logBytes: 2_000 } });
  const talking = `setInterval(() => console.log('line '.repeat(20)), 5);`;
  await workload.ensure('v1', nodeSpec(['-e', `${talking} ${tinyServer}`]), 1);
  const log = join(stateDir, 'logs', 'v1-1.log');
  await eventually(() => readFileSync(`${log}.1`, 'utf8').length > 2_000);
  await eventually(() => /^line/.test(readFileSync(log, 'utf8')));
});
