/** What hosts are promised over the end of a controller: the rest of a drain, what was found at first, and a command that ended unseen. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Clock } from '../../src/lib/clock.ts';
import type { HostRecord } from '../../src/workload/host-record.ts';
import type { ProcessWorkload } from '../../src/workload/process.ts';
import { eventually } from '../support/eventually.ts';
import { type TestHosts, testHosts } from '../support/hosts.ts';
import { startProcess } from '../support/process.ts';
import { allReady, openWorkload, stateOf } from '../support/process-workloads.ts';
import { tempDir } from '../support/temp-dir.ts';

const controllerPath = join(import.meta.dirname, '../support/host-controller.ts');
const hour = 3_600_000;

const recordOf = (stateDir: string, host: string): HostRecord =>
  JSON.parse(readFileSync(join(stateDir, 'hosts', `${host}.json`), 'utf8')) as HostRecord;

const messages = async (workload: ProcessWorkload, revision: string): Promise<string> =>
  (await stateOf(workload, revision)).instances.map(({ message }) => message).join('\n');

const at = (wallMs: number): Clock => ({ wallMs: () => wallMs, monotonicMs: () => performance.now() });

/** As somebody does who knows nothing of Sluice. */
function putByHand({ env, hosts, script }: TestHosts, names: readonly string[], revision: string): void {
  for (const { name, url } of hosts.filter((host) => names.includes(host.name)))
    execFileSync('/bin/sh', script.slice(1), {
      env: {
        ...process.env,
        ...env,
        SLUICE_ACTION: 'byHand',
        SLUICE_REVISION: revision,
        SLUICE_HOST: name,
        SLUICE_URL: url,
      },
    });
}

describe("a host's drain", () => {
  test('is counted from when it left, whatever becomes of the controller; one that served nobody has none', async () => {
    const [hosts, stateDir] = [await testHosts(3), await tempDir()];
    const spec = hosts.spec({ commands: { drainMs: hour } });
    const leaving = Date.now();
    const first = await openWorkload({ stateDir, clock: at(leaving) });
    await first.ensure('v1', spec, 2);
    await allReady(first, 'v1');
    await first.serve('stable', 'v1', 1);
    await first.ensure('v2', spec, 2);
    await eventually(async () => (await messages(first, 'v2')).includes('web2 drains before promote'));
    expect(hosts.runs('web3')).toEqual(['deploy v2']);
    expect(recordOf(stateDir, 'web2')).toMatchObject({ stage: 'leaving', leftAtMs: leaving });
    first.close();

    const second = await openWorkload({ stateDir, clock: at(leaving + hour / 2) });
    await eventually(async () => (await messages(second, 'v2')).includes('web2 drains before promote'));
    expect(recordOf(stateDir, 'web2')).toMatchObject({ stage: 'leaving', leftAtMs: leaving });
    expect(hosts.runs('web2')).toEqual(['deploy v1']);
    second.close();

    const third = await openWorkload({ stateDir, clock: at(leaving + hour) });
    await allReady(third, 'v2');
    expect(hosts.runs('web2')).toEqual(['deploy v1', 'promote v2']);
    expect(recordOf(stateDir, 'web2')).toMatchObject({ stage: 'done', leftAtMs: null });
  });
});

describe('hosts that were just seen for the first time', () => {
  test('are known as that to the next controller, which still takes them as they are', async () => {
    const [hosts, stateDir] = [await testHosts(3), await tempDir()];
    hosts.set('web1', 'late');
    hosts.set('web2', 'late');
    putByHand(hosts, ['web1', 'web2'], 'v1');
    const first = await openWorkload({ stateDir });
    await first.ensure('v1', hosts.spec(), 2);
    first.close();
    expect(readdirSync(join(stateDir, 'hosts')).toSorted()).toEqual(['web1.json', 'web2.json']);
    for (const name of ['web1', 'web2'])
      expect(recordOf(stateDir, name)).toMatchObject({ revision: 'v1', stage: 'found', runs: null });
    hosts.unset('web1', 'late');
    hosts.unset('web2', 'late');
    for (const { url } of hosts.hosts.slice(0, 2)) await eventually(async () => (await fetch(`${url}/healthz`)).ok);

    const second = await openWorkload({ stateDir });
    await second.ensure('v1', hosts.spec(), 2);
    await allReady(second, 'v1');
    expect(hosts.hosts.map(({ name }) => hosts.runs(name))).toEqual([['byHand v1'], ['byHand v1'], []]);
    expect(recordOf(stateDir, 'web2')).toMatchObject({ stage: 'done', runs: { revision: 'v1' }, intact: true });
  });
});

describe('a controller that is killed after a command ended well, before its host was healthy', () => {
  test('is followed by one that runs nothing again, and sends nobody there before it is', async () => {
    const [hosts, stateDir] = [await testHosts(3), await tempDir()];
    hosts.set('web3', 'late');
    const words = [controllerPath, stateDir, JSON.stringify(hosts.spec()), '2', '1'];
    const controller = startProcess([process.execPath, ...words]);
    await eventually(() => existsSync(join(stateDir, 'runs', recordOf(stateDir, 'web3').run?.id ?? 'none', 'exit')));
    expect(await controller.end('SIGKILL')).toBe('SIGKILL');
    expect(recordOf(stateDir, 'web3')).toMatchObject({ stage: 'changing', intact: false, ready: false });

    const workload = await openWorkload({ stateDir });
    await eventually(async () => (await messages(workload, 'v2')).includes('web3 was changed to v2 and is probed'));
    expect((await stateOf(workload, 'v2')).instances).toMatchObject([{ state: 'starting' }]);
    expect(await workload.serve('canary', 'v2', 1)).toMatchObject({ ok: true });
    hosts.unset('web3', 'late');
    await allReady(workload, 'v2');
    expect(hosts.runs('web3')).toEqual(['deploy v2']);
    expect(recordOf(stateDir, 'web3')).toMatchObject({ stage: 'done', intact: true, run: null });
    expect(readdirSync(join(stateDir, 'runs'))).toEqual([]);
  });
});
