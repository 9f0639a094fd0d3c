/** Ends that come early or late: a request cut before its instance was connected to, and a tunnel whose user takes nothing any more. */
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { ProxyExchange } from '../../../src/router/proxy/proxy-exchange.ts';
import { ProxyLane } from '../../../src/router/proxy/proxy-lane.ts';
import { ProxyMetrics } from '../../../src/router/proxy/proxy-metrics.ts';
import { proxySettings } from '../../../src/router/proxy/settings.ts';
import { suiteEnd } from '../../support/at-end.ts';
import { eventually } from '../../support/eventually.ts';
import { startGrpcBackend } from '../../support/grpc-backend.ts';
import { session } from '../../support/grpc-calls.ts';
import { call } from '../../support/http-call.ts';
import { must, startTestProxy, type TestProxy } from '../../support/proxy.ts';
import { standsStill } from '../../support/stands-still.ts';
import { startSwitchingUpstream } from '../../support/switching-upstream.ts';
import { switchedUser } from '../../support/switching-user.ts';
import { startAnswering, startUpstream } from '../../support/upstream.ts';

const atEnd = suiteEnd();
const none = { canary: 0, stable: 0 };
let proxy: TestProxy;

beforeAll(async () => {
  proxy = await startTestProxy({ atEnd, settings: { grpc: 'pass', timeouts: { clientMs: 600_000 } } });
});

test('a request that is cut before it had a connection is answered at once, and the instance never hears of it', async () => {
  const upstream = await startAnswering('served');
  const settings = proxySettings.parse({});
  const metrics = new ProxyMetrics(() => ({ canaryPercent: 0, open: none, well: none, saved: true }));
  const meter = metrics.meter({ backend: 'canary', revision: 'v2' });
  const lane = new ProxyLane({ backend: 'canary', connectMs: 2_000, meter });
  onTestFinished(() => lane.destroy());
  lane.point({ revision: 'v2', endpoints: [upstream.origin] }, meter);
  const front = await startUpstream((request, response) => {
    const client = { address: '127.0.0.1', isTrusted: false };
    const rest = { cookie: null, host: null, client, expectsContinue: false, log: () => null, settings };
    const exchange = new ProxyExchange({ request, response, lane, path: request.url ?? '/', ...rest });
    exchange.start();
    if (request.url === '/cut') exchange.cut();
  });
  expect((await call(`${front.origin}/cut`)).status).toBe(503);
  expect((await call(`${front.origin}/cut`, { method: 'POST', body: 'order' })).status).toBe(503);
  expect((await call(`${front.origin}/after`)).body).toBe('served');
  // A pool that is closed has done all it was asked to.
  await lane.endpoints[0]?.pool.close();
  expect(upstream.seen.map(({ url }) => url)).toEqual(['/after']);
  expect(lane.open.size).toBe(0);
  const counted = await metrics.registry.metrics();
  expect(counted).toContain('sluice_proxy_requests_total{backend="canary",revision="v2",code="503"} 2');
  expect(counted).toContain('sluice_proxy_requests_total{backend="canary",revision="v2",code="502"} 0');
});

test('a tunnel that is cut waits for a user who takes nothing no longer than its last second', async () => {
  let written = 0;
  const canary = await startSwitchingUpstream({
    speak: ({ socket }) => {
      const writeOn = (): void => {
        while (!socket.destroyed && socket.write(Buffer.alloc(65_536))) written++;
      };
      socket.on('drain', writeOn);
      writeOn();
    },
  });
  const stable = await startAnswering('stable');
  await proxy.aim({ stable: stable.origin, canary: canary.origin });
  await proxy.weigh(100);
  const user = await switchedUser(proxy.origin());
  user.socket.pause();
  await standsStill(() => written);
  await proxy.weigh(0);
  expect(must(await proxy.router.closeStreams(1))).toBe(1);
  // By its own patience, five minutes, it would be there at the end of this test's.
  await eventually(async () => must(await proxy.router.observe()).canaryInFlight === 0);
  expect(canary.switched[0]?.socket.destroyed).toBe(true);
});

test('nor does a gRPC call', async () => {
  let written = 0;
  const canary = await startGrpcBackend((answer) => {
    answer.respond({ ':status': 200, 'content-type': 'application/grpc' });
    const writeOn = (): void => {
      do written++;
      while (!answer.destroyed && answer.write(Buffer.alloc(65_536)));
    };
    answer.on('drain', writeOn);
    writeOn();
  });
  const stable = await startAnswering('stable');
  await proxy.aim({ stable: stable.origin, canary: canary.origin });
  await proxy.weigh(100);
  const head = { ':method': 'POST', ':path': '/', 'content-type': 'application/grpc' };
  session(proxy.origin())
    .request(head)
    .on('error', () => {});
  await standsStill(() => written);
  await proxy.weigh(0);
  expect(must(await proxy.router.closeStreams(1))).toBe(1);
  await eventually(async () => must(await proxy.router.observe()).canaryInFlight === 0);
});

test('a tunnel that is cut brings its user what was on its way, and then an orderly end', async () => {
  const canary = await startSwitchingUpstream({ speak: ({ socket }) => socket.write('a'.repeat(200_000)) });
  await proxy.aim({ stable: canary.origin, canary: canary.origin });
  await proxy.weigh(100);
  const user = await switchedUser(proxy.origin());
  user.socket.pause();
  const passed = 'sluice_proxy_streamed_bytes_total{backend="canary",revision="canary-rev",direction="out"}';
  await eventually(async () => (await proxy.metric(passed)) > 0);
  await proxy.weigh(0);
  must(await proxy.router.closeStreams(1));
  user.socket.resume();
  await eventually(() => user.ended() !== null);
  expect(user.text()).toMatch(/a$/);
});
