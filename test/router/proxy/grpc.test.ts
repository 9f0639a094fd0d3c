/** gRPC through the proxy: messages both ways, trailers kept, calls dealt by the weight and counted by their status. */
import { constants } from 'node:http2';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { suiteEnd } from '../../support/at-end.ts';
import { eventually } from '../../support/eventually.ts';
import { echoing, grpcMessage, refusing, startGrpcBackend } from '../../support/grpc-backend.ts';
import { begin, session, unary } from '../../support/grpc-calls.ts';
import { must, startTestProxy, type TestProxy } from '../../support/proxy.ts';
import { standsStill } from '../../support/stands-still.ts';
import { deadOrigin, startAnswering } from '../../support/upstream.ts';

const atEnd = suiteEnd();
let proxy: TestProxy;

beforeAll(async () => {
  proxy = await startTestProxy({ atEnd, settings: { grpc: 'pass', timeouts: { connectMs: 500 } } });
});

const calls = (code: string, backend = 'stable') =>
  proxy.metric(`sluice_proxy_grpc_calls_total{backend="${backend}",revision="${backend}-rev",grpc_code="${code}"}`);

const http = (code: number, backend = 'stable') =>
  proxy.metric(`sluice_proxy_requests_total{backend="${backend}",revision="${backend}-rev",code="${code}"}`);

test('a call has its message, its fields and its trailers passed, and is counted as OK', async () => {
  const backend = await startGrpcBackend(echoing());
  await proxy.aim({ stable: backend.origin });
  const before = await calls('OK');
  const call = await unary(session(proxy.origin()));
  expect(call.received).toBe(grpcMessage('hi').toString());
  expect(call.head).toMatchObject({ ':status': 200, 'content-type': 'application/grpc' });
  expect(call.trailers).toMatchObject({ 'grpc-status': '0', 'x-trace': 'kept' });
  expect(backend.seen[0]).toMatchObject({
    ':method': 'POST',
    ':path': '/shop.Cart/Add',
    ':authority': 'shop.test',
    te: 'trailers',
    'content-type': 'application/grpc',
    'x-forwarded-for': '127.0.0.1',
  });
  expect((await calls('OK')) - before).toBe(1);
});

test('messages stream both ways at the same time, before either side has ended', async () => {
  const backend = await startGrpcBackend(echoing());
  await proxy.aim({ stable: backend.origin });
  const call = begin(session(proxy.origin()));
  for (const text of ['one', 'two', 'three']) {
    call.stream.write(text);
    await eventually(() => call.received.endsWith(text));
  }
  call.stream.end();
  expect(await call.ended).toBe(0);
  expect(call.trailers['grpc-status']).toBe('0');
});

test.each([
  ['in the trailers', echoing(13), 'Internal'],
  ['in the head', refusing(14), 'Unavailable'],
  ["that is not the server's fault", refusing(5), 'NotFound'],
])('a status %s is passed and counted', async (_name, answer, code) => {
  const backend = await startGrpcBackend(answer);
  await proxy.aim({ stable: backend.origin });
  const [before, as200] = [await calls(code), await http(200)];
  const call = await unary(session(proxy.origin()));
  expect(call.trailers['grpc-status'] ?? call.head['grpc-status']).toMatch(/^(13|14|5)$/);
  expect((await calls(code)) - before).toBe(1);
  expect((await http(200)) - as200).toBe(1);
});

test('calls are dealt by the weight over one connection, exact in every 100', async () => {
  const [stable, canary] = [await startGrpcBackend(echoing()), await startGrpcBackend(echoing())];
  await proxy.aim({ stable: stable.origin, canary: canary.origin });
  await proxy.weigh(25);
  onTestFinished(() => proxy.weigh(0));
  const client = session(proxy.origin());
  await Promise.all(Array.from({ length: 100 }, () => unary(client)));
  expect([stable.seen.length, canary.seen.length]).toEqual([75, 25]);
  expect(stable.sessions.size).toBeLessThanOrEqual(2);
});

test('a backend that takes few calls at once gets more connections', async () => {
  const backend = await startGrpcBackend(echoing(), { maxConcurrentStreams: 2 });
  await proxy.aim({ stable: backend.origin });
  const client = session(proxy.origin());
  await unary(client);
  const open = Array.from({ length: 6 }, () => begin(client));
  for (const call of open) call.stream.write('x');
  await eventually(() => open.every(({ received }) => received === 'x'));
  expect(backend.sessions.size).toBe(3);
  for (const call of open) call.stream.close(constants.NGHTTP2_CANCEL);
});

test('a canary that refuses connections is Unavailable for the user, a 502 and Unavailable against it', async () => {
  const stable = await startGrpcBackend(echoing());
  await proxy.aim({ stable: stable.origin, canary: await deadOrigin() });
  await proxy.weigh(50);
  onTestFinished(() => proxy.weigh(0));
  const before = [await calls('Unavailable', 'canary'), await http(502, 'canary')];
  const client = session(proxy.origin());
  const done = await Promise.all(Array.from({ length: 100 }, () => unary(client)));
  expect(done.filter(({ head }) => head['grpc-status'] === '14').length).toBe(50);
  const after = [await calls('Unavailable', 'canary'), await http(502, 'canary')];
  expect(after.map((count, at) => count - (before[at] ?? 0))).toEqual([50, 50]);
});

test('a backend that speaks HTTP/1.1 only is Unavailable', async () => {
  const backend = await startAnswering('what?');
  await proxy.aim({ stable: backend.origin });
  expect((await unary(session(proxy.origin()))).head['grpc-status']).toBe('14');
});

test('a backend that breaks off in the middle ends the call as Unavailable', async () => {
  const backend = await startGrpcBackend((stream) => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' });
    stream.write('half', () => stream.session?.destroy());
  });
  await proxy.aim({ stable: backend.origin });
  const before = await calls('Unavailable');
  const call = await unary(session(proxy.origin()));
  expect(call.trailers['grpc-status']).toBe('14');
  expect((await calls('Unavailable')) - before).toBe(1);
});

test('a call that the backend has not begun may be sent again by its user', async () => {
  const backend = await startGrpcBackend((stream) => stream.close(constants.NGHTTP2_REFUSED_STREAM));
  await proxy.aim({ stable: backend.origin });
  const call = await unary(session(proxy.origin()));
  expect(await call.ended).toBe(constants.NGHTTP2_REFUSED_STREAM);
});

test('a user that takes a call back ends it at the backend: Canceled, or DeadlineExceeded when its time was over', async () => {
  const ends: number[] = [];
  const backend = await startGrpcBackend((stream) => {
    stream.on('close', () => ends.push(stream.rstCode));
  });
  await proxy.aim({ stable: backend.origin });
  const before = [await calls('Canceled'), await calls('DeadlineExceeded')];
  const client = session(proxy.origin());
  const [hasty, late] = [begin(client, { 'grpc-timeout': '100S' }), begin(client, { 'grpc-timeout': '100m' })];
  await eventually(() => backend.seen.length === 2);
  hasty.stream.close(constants.NGHTTP2_CANCEL);
  const overAt = performance.now() + 100;
  await eventually(() => performance.now() > overAt);
  late.stream.close(constants.NGHTTP2_CANCEL);
  await eventually(() => ends.length === 2);
  await eventually(async () => {
    const after = [await calls('Canceled'), await calls('DeadlineExceeded')];
    expect(after.map((count, at) => count - (before[at] ?? 0))).toEqual([1, 1]);
    return true;
  });
});

test('the drain ends the calls of the canary with a status that says try again', async () => {
  const [stable, canary] = [await startGrpcBackend(echoing()), await startGrpcBackend(echoing())];
  await proxy.aim({ stable: stable.origin, canary: canary.origin });
  const client = session(proxy.origin());
  const staying = begin(client);
  staying.stream.write('a');
  await eventually(() => staying.received === 'a');
  await proxy.weigh(100);
  const going = begin(client);
  going.stream.write('b');
  await eventually(() => going.received === 'b');
  await proxy.weigh(0);
  expect(must(await proxy.router.closeStreams(1))).toBe(1);
  await going.ended;
  expect(going.trailers['grpc-status']).toBe('14');
  staying.stream.write('c');
  await eventually(() => staying.received === 'ac');
});

test('a user that reads slowly holds the backend back', async () => {
  let written = 0;
  const megabyte = Buffer.alloc(1024 * 1024);
  const backend = await startGrpcBackend((stream) => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' });
    const writeOn = () => {
      while (written < 48) {
        written++;
        if (!stream.write(megabyte)) return;
      }
      stream.end();
    };
    stream.on('drain', writeOn);
    writeOn();
  });
  await proxy.aim({ stable: backend.origin });
  const stream = session(proxy.origin()).request({
    ':method': 'POST',
    ':path': '/',
    'content-type': 'application/grpc',
  });
  stream.on('error', () => {});
  await standsStill(() => written);
  expect(written).toBeLessThan(24);
  let received = 0;
  for await (const chunk of stream) received += (chunk as Buffer).length;
  expect(received).toBe(48 * megabyte.length);
});
