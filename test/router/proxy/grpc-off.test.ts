/** What the instances do not speak is refused before one is chosen: nobody can make them look broken by sending it. */
import { connect, type OutgoingHttpHeaders } from 'node:http2';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { suiteEnd } from '../../support/at-end.ts';
import { echoing, startGrpcBackend } from '../../support/grpc-backend.ts';
import { session, unary } from '../../support/grpc-calls.ts';
import { call } from '../../support/http-call.ts';
import { must, startTestProxy, type TestProxy } from '../../support/proxy.ts';
import { startAnswering } from '../../support/upstream.ts';

const atEnd = suiteEnd();
let proxy: TestProxy;

beforeAll(async () => {
  proxy = await startTestProxy({ atEnd });
});

/** All traffic on a canary at this address. */
const onCanary = async (origin: string): Promise<void> => {
  await proxy.aim({ stable: origin, canary: origin });
  await proxy.weigh(100);
  onTestFinished(() => proxy.weigh(0));
};

/** Everything that was ever counted for the canary, by its series. */
const countedForCanary = async (): Promise<readonly string[]> => {
  const codes = [200, 400, 408, 413, 415, 499, 500, 502, 503, 504].map(
    (code) => `sluice_proxy_requests_total{backend="canary",revision="canary-rev",code="${code}"}`,
  );
  return Promise.all(codes.map(async (series) => `${series} ${await proxy.metric(series)}`));
};

const refusals = (reason: string) => proxy.metric(`sluice_proxy_refused_requests_total{reason="${reason}"}`);

const statusOf = (headers: OutgoingHttpHeaders): Promise<unknown> => {
  const client = connect(proxy.origin());
  onTestFinished(() => client.destroy());
  const stream = client.request({ ':path': '/', ...headers }, { endStream: true });
  return new Promise((resolve, reject) => {
    stream.on('response', (head) => resolve(head[':status'])).on('error', reject);
    stream.resume();
  });
};

test('where nothing is said about gRPC, calls get 415 and the canary never hears of them', async () => {
  const backend = await startAnswering('http only');
  await onCanary(backend.origin);
  const [before, refused] = [await countedForCanary(), await refusals('grpc')];
  const client = session(proxy.origin());
  const calls = await Promise.all(Array.from({ length: 20 }, () => unary(client)));
  expect(new Set(calls.map(({ head }) => head[':status']))).toEqual(new Set([415]));
  expect(calls[0]?.received).toContain('takes no gRPC calls');
  expect(backend.seen).toEqual([]);
  expect(await countedForCanary()).toEqual(before);
  expect((await refusals('grpc')) - refused).toBe(20);
  expect((await call(proxy.origin())).body).toBe('http only');
});

test('a GET that says it holds gRPC is no call', async () => {
  must(await proxy.configure({ grpc: 'pass' }));
  const backend = await startAnswering('as ever');
  await onCanary(backend.origin);
  expect(await statusOf({ ':method': 'GET', 'content-type': 'application/grpc' })).toBe(200);
  expect(backend.seen).toHaveLength(1);
});

test('where there is nothing but gRPC, everything else gets 415 and the canary never hears of it', async () => {
  must(await proxy.configure({ grpc: 'only' }));
  const backend = await startGrpcBackend(echoing());
  await onCanary(backend.origin);
  const [before, refused] = [await countedForCanary(), await refusals('not_grpc')];
  expect((await call(proxy.origin(), { method: 'POST', body: 'x' })).status).toBe(415);
  expect(await statusOf({ ':method': 'GET', 'content-type': 'application/grpc' })).toBe(415);
  expect(await countedForCanary()).toEqual(before);
  expect((await refusals('not_grpc')) - refused).toBe(2);
  expect((await unary(session(proxy.origin()))).trailers['grpc-status']).toBe('0');
});
