import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { EndpointsSpec } from '../../src/workload/revision-spec.ts';
import { eventually } from '../support/eventually.ts';
import { allReady, emptyBackends, openWorkload, stateOf } from '../support/process-workloads.ts';
import { tempDir } from '../support/temp-dir.ts';

async function listening(status: () => number): Promise<{ url: string; server: Server }> {
  const server = createServer((_request, response) => response.writeHead(status()).end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

function endpoints(urls: readonly string[], healthPath: string | null = '/healthz'): EndpointsSpec {
  return { kind: 'endpoints', urls, healthPath };
}

test('existing endpoints are probed, served, and taken out while they fail', async () => {
  let status = 200;
  const [one, two] = [await listening(() => status), await listening(() => 302)];
  const backends = emptyBackends();
  const workload = await openWorkload({ stateDir: await tempDir(), backends });
  await workload.ensure('v1', endpoints([`${one.url}/ignored`, two.url]), 1);
  const { wanted, instances } = await allReady(workload, 'v1');
  expect({ wanted, pids: instances.map(({ pid }) => pid) }).toEqual({ wanted: 2, pids: [null, null] });
  await workload.serve('stable', 'v1', 1);
  const served = async () => {
    const current = await backends.current();
    return current.ok ? current.value.stable.endpoints : [];
  };
  expect(await served()).toEqual([one.url, two.url]);
  status = 503;
  await eventually(async () => (await served()).length === 1);
  expect(await served()).toEqual([two.url]);
  expect((await stateOf(workload, 'v1')).instances[0]?.message).toBe(`GET ${one.url}/healthz answers 503`);
  status = 200;
  await eventually(async () => (await served()).length === 2);
});

test('without a health path, accepting a connection is enough', async () => {
  const { url, server } = await listening(() => 500);
  const workload = await openWorkload({ stateDir: await tempDir() });
  await workload.ensure('v1', endpoints([url], null), 1);
  await allReady(workload, 'v1');
  server.close();
  await eventually(async () => (await stateOf(workload, 'v1')).instances[0]?.state === 'unready');
  expect((await stateOf(workload, 'v1')).instances[0]?.message).toContain('ECONNREFUSED');
});

test('the next controller knows the endpoints again', async () => {
  const { url } = await listening(() => 200);
  const stateDir = await tempDir();
  const first = await openWorkload({ stateDir });
  await first.ensure('v1', endpoints([url]), 1);
  first.close();
  const second = await openWorkload({ stateDir });
  expect((await stateOf(second, 'v1')).instances.map(({ state }) => state)).toEqual(['ready']);
});

test('a changed list keeps what stays; what is no URL is refused by name', async () => {
  const [one, two] = [await listening(() => 200), await listening(() => 200)];
  const workload = await openWorkload({ stateDir: await tempDir() });
  await workload.ensure('v1', endpoints([one.url]), 1);
  await allReady(workload, 'v1');
  await workload.ensure('v1', endpoints([two.url, one.url]), 1);
  expect((await stateOf(workload, 'v1')).instances.find(({ url }) => url === one.url)?.state).toBe('ready');
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
