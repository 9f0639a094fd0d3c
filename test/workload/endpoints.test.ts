import { expect, test } from 'vitest';
import type { EndpointsSpec } from '../../src/workload/revision-spec.ts';
import { eventually } from '../support/eventually.ts';
import { allReady, emptyBackends, openWorkload, stateOf } from '../support/process-workloads.ts';
import { tempDir } from '../support/temp-dir.ts';
import { startUpstream } from '../support/upstream.ts';

const listening = (status: () => number) => startUpstream((_request, response) => response.writeHead(status()).end());

function endpoints(urls: readonly string[], healthPath: string | null = '/healthz'): EndpointsSpec {
  return { kind: 'endpoints', urls, healthPath };
}

test('existing endpoints are probed, served, and taken out while they fail', async () => {
  let status = 200;
  const [one, two] = [await listening(() => status), await listening(() => 302)];
  const backends = emptyBackends();
  const workload = await openWorkload({ stateDir: await tempDir(), backends });
  await workload.ensure('v1', endpoints([`${one.origin}/ignored`, two.origin]), 1);
  const { wanted, instances } = await allReady(workload, 'v1');
  expect({ wanted, pids: instances.map(({ pid }) => pid) }).toEqual({ wanted: 2, pids: [null, null] });
  await workload.serve('stable', 'v1', 1);
  const served = async () => {
    const current = await backends.current();
    return current.ok ? current.value.stable.endpoints : [];
  };
  expect(await served()).toEqual([one.origin, two.origin]);
  status = 503;
  await eventually(async () => (await served()).length === 1);
  expect(await served()).toEqual([two.origin]);
  expect((await stateOf(workload, 'v1')).instances[0]?.message).toBe(`GET ${one.origin}/healthz answers 503`);
  status = 200;
  await eventually(async () => (await served()).length === 2);
});

test('without a health path, accepting a connection is enough', async () => {
  const { origin, close } = await listening(() => 500);
  const workload = await openWorkload({ stateDir: await tempDir() });
  await workload.ensure('v1', endpoints([origin], null), 1);
  await allReady(workload, 'v1');
  await close();
  await eventually(async () => (await stateOf(workload, 'v1')).instances[0]?.state === 'unready');
  expect((await stateOf(workload, 'v1')).instances[0]?.message).toContain('ECONNREFUSED');
});

test('the next controller knows the endpoints again', async () => {
  const { origin } = await listening(() => 200);
  const stateDir = await tempDir();
  const first = await openWorkload({ stateDir });
  await first.ensure('v1', endpoints([origin]), 1);
  first.close();
  const second = await openWorkload({ stateDir });
  expect((await stateOf(second, 'v1')).instances.map(({ state }) => state)).toEqual(['ready']);
});

test('a changed list keeps what stays; what is no URL is refused by name', async () => {
  const [one, two] = [await listening(() => 200), await listening(() => 200)];
  const workload = await openWorkload({ stateDir: await tempDir() });
  await workload.ensure('v1', endpoints([one.origin]), 1);
  await allReady(workload, 'v1');
  await workload.ensure('v1', endpoints([two.origin, one.origin]), 1);
  expect((await stateOf(workload, 'v1')).instances.find(({ url }) => url === one.origin)?.state).toBe('ready');
  await allReady(workload, 'v1');
  const refused = await workload.ensure('v1', endpoints(['10.0.0.1:80']), 1);
  expect(refused).toEqual({
    ok: false,
    error: {
      reason: 'InvalidEndpoint',
      message: 'endpoint "10.0.0.1:80" of v1 is not an http:// or https:// URL',
      retryable: false,
    },
  });
});
