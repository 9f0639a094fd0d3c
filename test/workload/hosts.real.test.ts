/** Revisions put on hosts by real commands: one host at a time, never the last, and whatever goes wrong is said and stays small. */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ProcessWorkload } from '../../src/workload/process.ts';
import type { Instance } from '../../src/workload/workload.ts';
import { eventually } from '../support/eventually.ts';
import { type TestHosts, testHosts } from '../support/hosts.ts';
import { isAlive, startProcess } from '../support/process.ts';
import { allReady, openWorkload, stateOf } from '../support/process-workloads.ts';
import { tempDir } from '../support/temp-dir.ts';

const controllerPath = join(import.meta.dirname, '../support/host-controller.ts');

interface Stage {
  readonly hosts: TestHosts;
  readonly workload: ProcessWorkload;
}

/** v1 on three of four hosts, and stable. */
async function stage(): Promise<Stage> {
  const hosts = await testHosts(4);
  const workload = await openWorkload({ stateDir: await tempDir() });
  await workload.ensure('v1', hosts.spec(), 3);
  await allReady(workload, 'v1');
  await workload.serve('stable', 'v1', 1);
  return { hosts, workload };
}

const instances = async (workload: ProcessWorkload, revision: string): Promise<readonly Instance[]> =>
  (await stateOf(workload, revision)).instances;

const readyHosts = async ({ hosts, workload }: Stage, revision: string): Promise<readonly string[]> =>
  (await instances(workload, revision)).filter(({ state }) => state === 'ready').map(({ url }) => hosts.at(url));

const failedOne = (workload: ProcessWorkload, revision: string): Promise<Instance> =>
  eventually(async () => (await instances(workload, revision)).find(({ state }) => state === 'exited'));

describe('hosts', () => {
  test('that answer when they are first seen are taken as they are, and no command is run', async () => {
    const hosts = await testHosts(3);
    const put = (name: string, url: string): void => {
      const env = { ...process.env, ...hosts.env, SLUICE_ACTION: 'deploy', SLUICE_REVISION: 'v1' };
      execFileSync('/bin/sh', hosts.script.slice(1), { env: { ...env, SLUICE_HOST: name, SLUICE_URL: url } });
    };
    for (const { name, url } of hosts.hosts.slice(0, 2)) put(name, url);
    for (const { url } of hosts.hosts.slice(0, 2)) await eventually(async () => (await fetch(`${url}/healthz`)).ok);
    const workload = await openWorkload({ stateDir: await tempDir() });
    await workload.ensure('v1', hosts.spec(), 2);
    await allReady(workload, 'v1');
    expect(hosts.hosts.map(({ name }) => hosts.runs(name))).toEqual([['deploy v1'], ['deploy v1'], []]);
  });

  test('get a new revision one at a time: the free one, then the newest of stable, and its last one never', async () => {
    const { hosts, workload } = await stage();
    let least = 3;
    const endListening = workload.onChange(() => {
      void readyHosts({ hosts, workload }, 'v1').then(({ length }) => (least = Math.min(least, length)));
    });
    await workload.ensure('v2', hosts.spec(), 3);
    await allReady(workload, 'v2');
    endListening();
    expect(await readyHosts({ hosts, workload }, 'v2')).toEqual(['web4', 'web3', 'web2']);
    expect(hosts.hosts.map(({ name }) => hosts.runs(name))).toEqual([
      ['deploy v1'],
      ['deploy v1', 'promote v2'],
      ['deploy v1', 'promote v2'],
      ['deploy v2'],
    ]);
    expect(least).toBe(1);
    expect(await readyHosts({ hosts, workload }, 'v1')).toEqual(['web1']);
  });

  test('go back one at a time by the command for that when the new revision is wanted no more', async () => {
    const { hosts, workload } = await stage();
    await workload.ensure('v2', hosts.spec(), 3);
    await allReady(workload, 'v2');
    expect((await workload.ensure('v2', hosts.spec(), 0)).ok).toBe(true);
    await eventually(async () => (await readyHosts({ hosts, workload }, 'v1')).length === 3);
    const runs = hosts.hosts.flatMap(({ name }) => hosts.runs(name).filter((run) => run.endsWith('v1')));
    expect(runs.toSorted()).toEqual([...Array<string>(3).fill('deploy v1'), 'rollback v1', 'rollback v1']);
  });

  test('stop at one whose command fails, say what it wrote, and go on once it is mended', async () => {
    const { hosts, workload } = await stage();
    hosts.set('web3', 'fail');
    await workload.ensure('v2', hosts.spec({ commands: { retries: 1 } }), 3);
    const { message } = await failedOne(workload, 'v2');
    expect(message).toContain('promote of v2 on web3, try 2 of 2, failed with exit code 4');
    expect(message).toContain('told to fail');
    expect((await stateOf(workload, 'v2')).failure).toBe(null);
    expect(await readyHosts({ hosts, workload }, 'v1')).toEqual(['web1', 'web2']);
    expect(hosts.runs('web2')).toEqual(['deploy v1']);
    hosts.unset('web3', 'fail');
    await eventually(async () => (await readyHosts({ hosts, workload }, 'v2')).length === 3);
  });

  test('make a revision fail that none of them takes', async () => {
    const { hosts, workload } = await stage();
    hosts.set('web4', 'fail');
    await workload.ensure('v2', hosts.spec(), 1);
    const failure = await eventually(async () => (await stateOf(workload, 'v2')).failure);
    expect(failure.reason).toBe('DeployFailed');
    expect(failure.message).toContain('told to fail');
  });

  test('end a command that hangs, with all that it started, when its time is over', async () => {
    const { hosts, workload } = await stage();
    hosts.set('web4', 'hang');
    await workload.ensure('v2', hosts.spec({ commands: { timeoutMs: 1_000 } }), 1);
    const { message } = await failedOne(workload, 'v2');
    expect(message).toContain('deploy of v2 on web4, try 1 of 1, did not end within 1s and was ended');
    expect(message).toContain('working on web4');
    await eventually(() => !isAlive(hosts.hanging('web4')));
  });

  test('end a command at once whose revision is wanted no more, and give back a whole host before a torn one', async () => {
    const { hosts, workload } = await stage();
    hosts.set('web3', 'hang');
    await workload.ensure('v2', hosts.spec(), 2);
    const hanging = await eventually(() => hosts.hanging('web3') || null);
    hosts.unset('web3', 'hang');
    await workload.ensure('v2', hosts.spec(), 0);
    await eventually(async () => (await readyHosts({ hosts, workload }, 'v1')).length === 3);
    expect(isAlive(hanging)).toBe(false);
    expect(hosts.runs('web4')).toEqual(['deploy v2', 'deploy v1']);
    expect(hosts.runs('web3')).toEqual(['deploy v1', 'promote v2']);
  });

  test('are cleared of what nobody wants, where there is a command for it', async () => {
    const { hosts, workload } = await stage();
    const spec = hosts.spec({ commands: { remove: hosts.script } });
    await workload.ensure('v2', spec, 1);
    await allReady(workload, 'v2');
    const pid = hosts.pid('web4') ?? 0;
    await workload.ensure('v2', spec, 0);
    await eventually(() => !isAlive(pid));
    expect(hosts.runs('web4')).toEqual(['deploy v2', 'remove v2']);
  });
});

describe('a controller that is killed while a command runs', () => {
  for (const meanwhile of ['goes on', 'ends'] as const) {
    test(`is followed by one that takes the command up, whether it ${meanwhile} meanwhile`, async () => {
      const hosts = await testHosts(4);
      const stateDir = await tempDir();
      hosts.set('web3', 'slow', '3');
      const words = [controllerPath, stateDir, JSON.stringify(hosts.spec()), '3', '3'];
      const controller = startProcess([process.execPath, ...words]);
      await eventually(() => hosts.runs('web3').includes('promote v2'));
      expect(await controller.end('SIGKILL')).toBe('SIGKILL');
      if (meanwhile === 'ends') await eventually(async () => (await versionAt(hosts, 'web3')) === 'v2');
      const workload = await openWorkload({ stateDir });
      await allReady(workload, 'v2');
      expect(await readyHosts({ hosts, workload }, 'v2')).toEqual(['web4', 'web3', 'web2']);
      expect(hosts.runs('web3').filter((run) => run === 'promote v2')).toHaveLength(1);
      expect(await readyHosts({ hosts, workload }, 'v1')).toEqual(['web1']);
    });
  }
});

describe('a controller that is told to stop while a command runs', () => {
  test('ends by itself at once, and the next takes the command up', async () => {
    const hosts = await testHosts(4);
    const stateDir = await tempDir();
    hosts.set('web3', 'slow', '4');
    const words = [controllerPath, stateDir, JSON.stringify(hosts.spec()), '3', '3'];
    const controller = startProcess([process.execPath, ...words]);
    await eventually(() => hosts.runs('web3').includes('promote v2'));
    expect(await controller.end('SIGTERM')).toBe(0);
    expect(await versionAt(hosts, 'web3')).toBe('v1');
    const workload = await openWorkload({ stateDir });
    await allReady(workload, 'v2');
    expect(await readyHosts({ hosts, workload }, 'v2')).toEqual(['web4', 'web3', 'web2']);
    expect(hosts.runs('web3').filter((run) => run === 'promote v2')).toHaveLength(1);
    expect(readdirSync(join(stateDir, 'runs'))).toEqual([]);
  });
});

async function versionAt({ hosts }: TestHosts, name: string): Promise<string> {
  const answer = await fetch(hosts.find((host) => host.name === name)?.url ?? '');
  return ((await answer.json()) as { readonly version: string }).version;
}
