/** gRPC calls that ask too much, stand still, or meet instances that are gone or talk nonsense: who is told what, and who is to blame. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { GrpcMessages } from '../../../src/router/proxy/grpc-messages.ts';
import { turnLimitsMs } from '../../../src/router/proxy/grpc-patience.ts';
import { proxySettings } from '../../../src/router/proxy/settings.ts';
import { suiteEnd } from '../../support/at-end.ts';
import { eventually } from '../../support/eventually.ts';
import { echoing, grpcMessage, refusing, startGrpcBackend } from '../../support/grpc-backend.ts';
import { begin, type Call, session, unary } from '../../support/grpc-calls.ts';
import { must, startTestProxy, type TestProxy } from '../../support/proxy.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { deadOrigin } from '../../support/upstream.ts';

const atEnd = suiteEnd();
let proxy: TestProxy;
let logFile: string;

const timeouts = { connectMs: 500, clientMs: 300, responseMs: 400, idleMs: 900 };

beforeAll(async () => {
  logFile = join(await tempDir(atEnd), 'access.log');
  const settings = { grpc: 'pass', limits: { messageBytes: 1_000 }, timeouts, accessLog: { file: logFile } } as const;
  proxy = await startTestProxy({ atEnd, settings });
});

const point = async (...endpoints: readonly string[]): Promise<void> => {
  must(await proxy.backends.point({ backend: 'stable', revision: 'stable-rev', endpoints, epoch: 1 }));
};

const calls = (code: string) =>
  proxy.metric(`sluice_proxy_grpc_calls_total{backend="stable",revision="stable-rev",grpc_code="${code}"}`);

const http = (code: number) =>
  proxy.metric(`sluice_proxy_requests_total{backend="stable",revision="stable-rev",code="${code}"}`);

/** What the metrics counted while it ran. */
async function counted(code: string, status: number, run: () => Promise<unknown>): Promise<readonly number[]> {
  const before = [await calls(code), await http(status)];
  await run();
  let counts: readonly number[] = [];
  await eventually(async () => {
    counts = [(await calls(code)) - (before[0] ?? 0), (await http(status)) - (before[1] ?? 0)];
    return counts[0] !== 0;
  });
  return counts;
}

const statusOf = ({ head, trailers }: Call): unknown => trailers['grpc-status'] ?? head['grpc-status'];

test('a message within the limit passes, a longer one is ResourceExhausted before it has come', async () => {
  const backend = await startGrpcBackend(echoing());
  await point(backend.origin);
  const client = session(proxy.origin());
  const fits = begin(client);
  for (let count = 0; count < 3; count++) fits.stream.write(grpcMessage('a'.repeat(1_000)));
  fits.stream.end();
  await fits.ended;
  expect(statusOf(fits)).toBe('0');
  expect(fits.received.length).toBe(3 * 1_005);
  const long = begin(client);
  const counts = await counted('ResourceExhausted', 413, async () => {
    long.stream.write(grpcMessage('a'.repeat(1_001)).subarray(0, 5));
    await long.ended;
  });
  expect(counts).toEqual([1, 1]);
  expect(statusOf(long)).toBe('8');
  expect(decodeURIComponent(String(long.head['grpc-message'] ?? long.trailers['grpc-message']))).toContain(
    'more than 1000 bytes',
  );
});

test("half a message and silence is Aborted, the user's fault", async () => {
  await point((await startGrpcBackend(echoing())).origin);
  const call = begin(session(proxy.origin()));
  const counts = await counted('Aborted', 408, async () => {
    call.stream.write(grpcMessage('whole').subarray(0, 7));
    await call.ended;
  });
  expect([statusOf(call), ...counts]).toEqual(['10', 1, 1]);
});

test("a call that is not answered is DeadlineExceeded, the instance's fault", async () => {
  await point((await startGrpcBackend((stream) => void stream.resume())).origin);
  const client = session(proxy.origin());
  let call: Call | undefined;
  const counts = await counted('DeadlineExceeded', 504, async () => {
    call = await unary(client);
  });
  expect([call && statusOf(call), ...counts]).toEqual(['4', 1, 1]);
});

test("a stream on which nobody speaks is Aborted, nobody's fault", async () => {
  await point((await startGrpcBackend(echoing())).origin);
  const call = begin(session(proxy.origin()));
  const counts = await counted('Aborted', 408, async () => {
    call.stream.write(grpcMessage('a'));
    await eventually(() => call.received !== '');
    await call.ended;
  });
  expect([statusOf(call), ...counts]).toEqual(['10', 1, 1]);
});

test('a user that reads nothing is left, and the backend let go', async () => {
  let closed = false;
  const backend = await startGrpcBackend((stream) => {
    stream.on('close', () => {
      closed = true;
    });
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' });
    const writeOn = (): void => {
      while (stream.write(Buffer.alloc(65_536)));
    };
    stream.on('drain', writeOn);
    writeOn();
  });
  await point(backend.origin);
  const stream = session(proxy.origin()).request({
    ':method': 'POST',
    ':path': '/',
    'content-type': 'application/grpc',
  });
  stream.on('error', () => {});
  expect(await counted('Canceled', 499, () => eventually(() => closed))).toEqual([1, 1]);
});

test('the time that a user allows is longer than the time that the proxy gives, or the other way round', () => {
  const given = proxySettings.parse({ timeouts: { responseMs: 1_000 } }).timeouts;
  expect(turnLimitsMs(given, Number.POSITIVE_INFINITY).unanswered).toBe(1_000);
  expect(turnLimitsMs(given, 5_000).unanswered).toBe(5_000);
  expect(turnLimitsMs(given, 100).unanswered).toBe(1_000);
});

test('an instance of stable that is gone fails no call: it is passed over, and rests after three', async () => {
  const well = await startGrpcBackend(echoing());
  await point(await deadOrigin(), well.origin);
  const client = session(proxy.origin());
  const refusals =
    'sluice_proxy_upstream_failures_total{backend="stable",revision="stable-rev",reason="connection_refused"}';
  const before = await proxy.metric(refusals);
  for (let round = 0; round < 20; round++) expect(statusOf(await unary(client))).toBe('0');
  expect(well.seen).toHaveLength(20);
  expect((await proxy.metric(refusals)) - before).toBe(3);
  expect(await proxy.metric('sluice_proxy_healthy_endpoints{backend="stable"}')).toBe(1);
});

test('an instance that loses its connections under calls rests too, and no call of them is made twice', async () => {
  const breaking = await startGrpcBackend((stream) => stream.session?.destroy());
  const well = await startGrpcBackend(echoing());
  await point(breaking.origin, well.origin);
  const client = session(proxy.origin());
  const seen: unknown[] = [];
  for (let round = 0; round < 20; round++) seen.push(statusOf(await unary(client)));
  expect(seen.filter((status) => status === '14')).toHaveLength(3);
  expect([breaking.seen.length, well.seen.length]).toEqual([3, 17]);
});

test('answers that can not be passed on are the fault of the instance, and end nothing but their call', async () => {
  const head = { ':status': 200, 'content-type': 'application/grpc' };
  const odd = await startGrpcBackend((stream, { ':path': path }) => {
    stream.resume();
    if (path === '/204') return stream.respond({ ':status': 204 });
    stream.respond(head, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0', te: 'trailers', 'x-kept': '1' }));
    stream.end();
  });
  await point(odd.origin);
  const client = session(proxy.origin());
  const ended = await unary(client);
  expect(ended.trailers).toMatchObject({ 'grpc-status': '0', 'x-kept': '1' });
  expect(ended.trailers).not.toHaveProperty('te');
  const empty = begin(client, { ':path': '/204' });
  empty.stream.end();
  await empty.ended;
  expect(statusOf(await unary(client))).toBe('0');
});

test('each call has its line in the access log, with its status', async () => {
  await point((await startGrpcBackend(refusing(5))).origin);
  await unary(session(proxy.origin()));
  const line = await eventually(() =>
    readFileSync(logFile, 'utf8')
      .split('\n')
      .find((each) => each.includes('"grpc":"NotFound"')),
  );
  expect(JSON.parse(line)).toMatchObject({
    address: '127.0.0.1',
    method: 'POST',
    path: '/shop.Cart/Add',
    protocol: 'HTTP/2.0',
    host: 'shop.test',
    backend: 'stable',
    revision: 'stable-rev',
    status: 200,
    grpc: 'NotFound',
    bytes: 0,
  });
});

test('messages are followed however their bytes come', () => {
  const bytes = Buffer.concat([grpcMessage('a'.repeat(300)), grpcMessage(''), grpcMessage('bb')]);
  for (const size of [1, 2, 3, 4, 5, 7, 305, 306, bytes.length]) {
    const messages = new GrpcMessages();
    const lengths: number[] = [];
    for (let at = 0; at < bytes.length; at += size) lengths.push(messages.take(bytes.subarray(at, at + size)));
    expect(Math.max(...lengths), `pieces of ${size}`).toBe(300);
    expect(messages.isWithin).toBe(false);
  }
  const huge = new GrpcMessages();
  expect(huge.take(Buffer.from([0, 0xff, 0xff, 0xff, 0xff]))).toBe(2 ** 32 - 1);
  expect(huge.isWithin).toBe(true);
});
