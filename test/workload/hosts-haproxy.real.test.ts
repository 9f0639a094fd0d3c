/** Hosts behind two real haproxy processes: none is changed while one of them may still send users there. */
import { describe, expect, test } from 'vitest';
import type { ProcessWorkload } from '../../src/workload/process.ts';
import { eventually } from '../support/eventually.ts';
import { openSplit, startHaproxy, weightsIn } from '../support/haproxy.ts';
import { testHosts } from '../support/hosts.ts';
import { needs } from '../support/needs.ts';
import { allReady, openWorkload, stateOf } from '../support/process-workloads.ts';
import { must } from '../support/proxy.ts';
import { tempDir } from '../support/temp-dir.ts';

/** v1 on two of three hosts, and stable. */
async function stage() {
  const [hosts, haproxies] = [await testHosts(3), await Promise.all([startHaproxy(), startHaproxy()])];
  const { backends, plane } = openSplit(await tempDir(), haproxies, { deadlineMs: 500 });
  must(await plane.look());
  const workload = await openWorkload({ stateDir: await tempDir(), backends });
  await workload.ensure('v1', hosts.spec(), 2);
  await allReady(workload, 'v1');
  must(await workload.serve('stable', 'v1', 1));
  return { first: haproxies[0], second: haproxies[1], hosts, plane, workload };
}

const messages = async (workload: ProcessWorkload): Promise<string> =>
  (await stateOf(workload, 'v2')).instances.map(({ message }) => message).join('\n');

describe.runIf(needs('haproxy'))('a host that leaves two haproxies', () => {
  test('is not changed while one of them hangs, though the other sends nobody there any more', async () => {
    const { first, second, hosts, plane, workload } = await stage();
    await second.hang();
    await workload.ensure('v2', hosts.spec(), 2);
    await eventually(async () => {
      expect(await weightsIn(first)).toEqual({ stable1: 1 });
      expect(await messages(workload)).toContain("web2 is still sent to, and can't be changed (promote)");
      return true;
    });
    expect(hosts.runs('web2')).toEqual(['deploy v1']);
    second.goOn();
    await eventually(async () => must(await plane.look()).missing === undefined);
    await allReady(workload, 'v2');
    expect(hosts.runs('web2')).toEqual(['deploy v1', 'promote v2']);
    expect(await weightsIn(second)).toEqual({ stable1: 1 });
  });

  test('is changed while one of them is gone: that one sends nobody anywhere', async () => {
    const { second, hosts, plane, workload } = await stage();
    await second.process().end('SIGKILL');
    await eventually(async () => must(await plane.look()).missing?.[0]?.serves === 'nobody');
    await workload.ensure('v2', hosts.spec(), 2);
    await allReady(workload, 'v2');
    expect(hosts.runs('web2')).toEqual(['deploy v1', 'promote v2']);
  });
});
