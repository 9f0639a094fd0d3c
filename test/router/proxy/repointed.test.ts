/** Endpoints that change while requests are under way: second tries go to those that are there now, and count for what these serve. */
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { suiteEnd } from '../../support/at-end.ts';
import { eventually } from '../../support/eventually.ts';
import { call } from '../../support/http-call.ts';
import { must, startTestProxy, type TestProxy } from '../../support/proxy.ts';
import { startAnswering, startUpstream, type Upstream } from '../../support/upstream.ts';

const atEnd = suiteEnd();
let proxy: TestProxy;
let renewed: Upstream;

beforeAll(async () => {
  proxy = await startTestProxy({ atEnd });
});

beforeEach(async () => {
  renewed = await startAnswering('renewed');
});

const point = async (revision: string, ...endpoints: readonly string[]): Promise<void> => {
  must(await proxy.backends.point({ backend: 'stable', revision, endpoints, epoch: 1 }));
};

const answered = (revision: string, code = 200) =>
  proxy.metric(`sluice_proxy_requests_total{backend="stable",revision="${revision}",code="${code}"}`);

/** Takes a request, and drops its connection when it is told to. */
async function leaving(): Promise<{ readonly upstream: Upstream; leave(): void }> {
  const upstream = await startUpstream((request) => void request.resume());
  return { upstream, leave: () => upstream.seen.at(-1)?.socket.destroy() };
}

test('an instance that goes under a request after others took its place: they answer', async () => {
  const old = await leaving();
  await point('v1', old.upstream.origin);
  const answer = call(proxy.origin());
  await eventually(() => old.upstream.seen.length === 1);
  await point('v1', renewed.origin);
  old.leave();
  expect(await answer).toMatchObject({ status: 200, body: 'renewed' });
  expect(renewed.seen).toHaveLength(1);
});

test('the same when they serve another revision: it counts for the one that answered, the failure for the other', async () => {
  const old = await leaving();
  await point('v2', old.upstream.origin);
  const before = [await answered('v2'), await answered('v3')];
  const answer = call(proxy.origin());
  await eventually(() => old.upstream.seen.length === 1);
  await point('v3', renewed.origin);
  old.leave();
  expect((await answer).body).toBe('renewed');
  await eventually(async () => (await answered('v3')) - (before[1] ?? 0) === 1);
  expect((await answered('v2')) - (before[0] ?? 0)).toBe(0);
  const lost = (revision: string) =>
    proxy.metric(
      `sluice_proxy_upstream_failures_total{backend="stable",revision="${revision}",reason="connection_lost"}`,
    );
  expect([await lost('v2'), await lost('v3')]).toEqual([1, 0]);
});

test('what may have had an effect is not sent to them', async () => {
  const old = await leaving();
  await point('v4', old.upstream.origin);
  const answer = call(proxy.origin(), { method: 'POST', body: 'order' });
  await eventually(() => old.upstream.seen.length === 1);
  await point('v4', renewed.origin);
  old.leave();
  expect((await answer).status).toBe(502);
  expect(renewed.seen).toHaveLength(0);
});

test('where nobody took its place, the user hears that it failed', async () => {
  const old = await leaving();
  await point('v5', old.upstream.origin);
  const answer = call(proxy.origin());
  await eventually(() => old.upstream.seen.length === 1);
  old.leave();
  expect((await answer).status).toBe(502);
});
