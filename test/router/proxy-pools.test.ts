/** Several instances of a version: users see nothing of a stable instance that is gone; the canary's failures stay its own. */
import { beforeEach, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { call } from '../support/http-call.ts';
import { must, startTestProxy, type TestProxy } from '../support/proxy.ts';
import { deadOrigin, startAnswering, startUpstream, type Upstream } from '../support/upstream.ts';

let proxy: TestProxy;
let well: Upstream;
let dead: string;

beforeEach(async () => {
  proxy = await startTestProxy();
  well = await startAnswering('well');
  dead = await deadOrigin();
});

const point = async (backend: 'stable' | 'canary', endpoints: readonly string[]): Promise<void> => {
  must(await proxy.backends.point({ backend, revision: `${backend}-rev`, endpoints, epoch: 1 }));
};

const statuses = async (count: number, body?: string): Promise<readonly number[]> => {
  const seen: number[] = [];
  while (seen.length < count)
    seen.push((await call(proxy.origin(), body === undefined ? {} : { method: 'POST', body })).status);
  return seen;
};

const healthy = (backend: string) => proxy.metric(`sluice_proxy_healthy_endpoints{backend="${backend}"}`);

test('stable with an instance that is gone: no request fails, with a body or without, and it is passed over', async () => {
  await point('stable', [dead, well.origin]);
  expect(new Set([...(await statuses(6)), ...(await statuses(20, 'a body'))])).toEqual(new Set([200]));
  expect(well.seen).toHaveLength(26);
  expect(await healthy('stable')).toBe(1);
  const refusals =
    'sluice_proxy_upstream_failures_total{backend="stable",revision="stable-rev",reason="connection_refused"}';
  // Three in a row, and it rests.
  expect(await proxy.metric(refusals)).toBe(3);
});

test('an instance that comes back is used again', async () => {
  const late = await startAnswering('late');
  await late.close();
  await point('stable', [late.origin, well.origin]);
  await statuses(10);
  expect(await healthy('stable')).toBe(1);
  await new Promise<void>((resolve) => late.server.listen(late.port, '127.0.0.1', resolve));
  await eventually(async () => (await call(proxy.origin())).body === 'late');
  expect(await healthy('stable')).toBe(2);
});

test('stable with no instance left says so: there is nobody else', async () => {
  await point('stable', [dead, await deadOrigin()]);
  expect(await statuses(10)).toEqual(new Array(10).fill(502));
});

test("the canary's failures are its users' and its own: none is sent elsewhere, none of its instances spared", async () => {
  await point('stable', [well.origin]);
  await point('canary', [dead, (await startAnswering('canary')).origin]);
  await proxy.weigh(50);
  const seen = await statuses(100);
  expect(seen.filter((status) => status === 502)).toHaveLength(25);
  expect(well.seen).toHaveLength(50);
  const failed = 'sluice_proxy_requests_total{backend="canary",revision="canary-rev",code="502"}';
  expect(await proxy.metric(failed)).toBe(25);
});

test('what may have had an effect is not sent twice', async () => {
  const breaking = await startUpstream((request) => request.socket.destroy());
  await point('stable', [breaking.origin, well.origin]);
  const [first, second] = await statuses(2, 'a body');
  expect([first, second].sort()).toEqual([200, 502]);
  expect(breaking.seen.length + well.seen.length).toBe(2);
});

test('what means the same twice is', async () => {
  const breaking = await startUpstream((request) => request.socket.destroy());
  await point('stable', [breaking.origin, well.origin]);
  expect(await statuses(4)).toEqual([200, 200, 200, 200]);
});

test('checks find the instance that answers and is not well, and the one that is again', async () => {
  let status = 500;
  const ailing = await startUpstream((request, response) => {
    request.resume();
    response.statusCode = request.url === '/healthz' ? status : 200;
    response.end('ailing');
  });
  await point('stable', [ailing.origin, well.origin]);
  await point('canary', [ailing.origin]);
  must(await proxy.configure({ health: { path: '/healthz', intervalMs: 100, unhealthyAfter: 2, healthyAfter: 2 } }));
  await eventually(async () => (await healthy('stable')) === 1 && (await healthy('canary')) === 0);
  for (let round = 0; round < 6; round++) expect((await call(proxy.origin())).body).toBe('well');
  await proxy.weigh(100);
  expect((await call(proxy.origin())).body).toBe('ailing');
  await proxy.weigh(0);
  status = 200;
  await eventually(async () => (await healthy('stable')) === 2);
  await eventually(async () => (await call(proxy.origin())).body === 'ailing');
});
