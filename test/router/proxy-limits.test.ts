/** What a user may ask of the proxy at most: size, number, patience; each with its own status, and none on the canary's account. */
import { connect, type Socket } from 'node:net';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { suiteEnd } from '../support/at-end.ts';
import { eventually } from '../support/eventually.ts';
import { call, rawCall } from '../support/http-call.ts';
import { must, startTestProxy, type TestProxy } from '../support/proxy.ts';
import { startUpstream, type Upstream } from '../support/upstream.ts';

const megabyte = 1024 * 1024;
const atEnd = suiteEnd();
let proxy: TestProxy;
let upstream: Upstream;

const limits = { headBytes: 4_096, headers: 20, bodyBytes: 100_000, connections: 8 };
const timeouts = { headMs: 400, clientMs: 400, keepAliveMs: 300, responseMs: 1_500 };

beforeAll(async () => {
  upstream = await startUpstream((request, response) => {
    if (request.url === '/huge') {
      const pieces = setInterval(() => response.write(Buffer.alloc(megabyte)), 5);
      response.on('close', () => clearInterval(pieces));
      return;
    }
    request.resume();
    request.on('end', () => {
      if (request.url !== '/never') setTimeout(() => response.end('served'), request.url === '/slow' ? 1_000 : 0);
    });
  }, atEnd);
  proxy = await startTestProxy({ atEnd, settings: { limits, timeouts } });
  // All of it to the canary: what is a user's fault must not be found in its counters.
  await proxy.aim({ stable: upstream.origin, canary: upstream.origin });
  await proxy.weigh(100);
});

const onCanary = (code: number) =>
  proxy.metric(`sluice_proxy_requests_total{backend="canary",revision="canary-rev",code="${code}"}`);

const refusals = (reason: string) => proxy.metric(`sluice_proxy_refused_requests_total{reason="${reason}"}`);

const failures = async (): Promise<number> => {
  const codes = await Promise.all([500, 502, 503, 504].map(onCanary));
  return codes.reduce((sum, count) => sum + count, 0);
};

/** A connection that the test leads by hand; everything that comes is kept. */
const open = async (): Promise<{ readonly socket: Socket; said(): string; closed(): boolean }> => {
  const socket = connect(Number(new URL(proxy.origin()).port), '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  let said = '';
  let closed = false;
  socket
    .on('error', () => {})
    .on('close', () => {
      closed = true;
    });
  socket.on('data', (chunk: Buffer) => {
    said += chunk.toString('latin1');
  });
  await new Promise((resolve) => socket.once('connect', resolve));
  return { socket, said: () => said, closed: () => closed };
};

test('too long a head is a 431', async () => {
  const before = await refusals('head_too_large');
  const answer = await rawCall(proxy.origin(), `GET / HTTP/1.1\r\nHost: a\r\nX-A: ${'a'.repeat(5_000)}\r\n\r\n`);
  expect(answer).toMatch(/^HTTP\/1.1 431 /);
  expect(await refusals('head_too_large')).toBe(before + 1);
});

test('too many header fields are a 431', async () => {
  const fields = Array.from({ length: 21 }, (_, index) => `X-${index}: a\r\n`).join('');
  expect(await rawCall(proxy.origin(), `GET / HTTP/1.1\r\nHost: a\r\n${fields}\r\n`)).toMatch(/^HTTP\/1.1 431 /);
  expect(await refusals('headers')).toBe(1);
});

test('an announced body that is too long is a 413 before any backend sees it', async () => {
  const seen = upstream.seen.length;
  expect((await call(proxy.origin(), { method: 'POST', body: Buffer.alloc(100_001) })).status).toBe(413);
  expect(upstream.seen.length).toBe(seen);
  expect((await call(proxy.origin(), { method: 'POST', body: Buffer.alloc(100_000) })).status).toBe(200);
});

test('a body that grows too long on its way is a 413, and the backend never sees its end', async () => {
  const headers = { 'transfer-encoding': 'chunked' };
  const [before, failed] = [await onCanary(413), await failures()];
  const answer = await call(`${proxy.origin()}/grows`, { method: 'POST', headers, body: Buffer.alloc(3 * megabyte) });
  expect(answer.status).toBe(413);
  expect(await onCanary(413)).toBe(before + 1);
  expect(await failures()).toBe(failed);
  expect(upstream.seen.filter(({ url, complete }) => url === '/grows' && complete)).toEqual([]);
});

test('a head that does not come is a 408', async () => {
  const slow = await open();
  slow.socket.write('GET / HTTP/1.1\r\nHost: a\r\nX-');
  await eventually(() => slow.closed());
  expect(slow.said()).toMatch(/^HTTP\/1.1 408 /);
  expect(await refusals('head_too_slow')).toBeGreaterThanOrEqual(1);
});

test('a head that comes a byte at a time is a 408 all the same', async () => {
  const slow = await open();
  const drip = setInterval(() => slow.socket.write('a'), 50);
  onTestFinished(() => clearInterval(drip));
  slow.socket.write('GET / HTTP/1.1\r\nHost: a\r\nX-');
  await eventually(() => slow.closed());
  expect(slow.said()).toMatch(/^HTTP\/1.1 408 /);
});

test("a body that stops coming is a 408, counted as the user's fault", async () => {
  const [before, failed] = [await onCanary(408), await failures()];
  const slow = await open();
  slow.socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc');
  await eventually(() => slow.closed());
  expect(slow.said()).toMatch(/^HTTP\/1.1 408 /);
  expect(await onCanary(408)).toBe(before + 1);
  expect(await failures()).toBe(failed);
});

test('a user that waits for a slow backend is not at fault', async () => {
  expect(await call(`${proxy.origin()}/slow`)).toMatchObject({ status: 200, body: 'served' });
});

test('a backend that does not answer in time is a 504 on its own account', async () => {
  const before = await onCanary(504);
  expect((await call(`${proxy.origin()}/never`)).status).toBe(504);
  expect(await onCanary(504)).toBe(before + 1);
});

test('a user that stops reading is left, and the backend let go', async () => {
  const [before, failed] = [await onCanary(499), await failures()];
  const slow = await open();
  slow.socket.pause();
  slow.socket.write('GET /huge HTTP/1.1\r\nHost: a\r\n\r\n');
  await eventually(async () => (await onCanary(499)) === before + 1);
  expect(await failures()).toBe(failed);
  await eventually(() => upstream.seen.at(-1)?.socket.destroyed === true);
});

test('a connection without a next request is closed', async () => {
  const idle = await open();
  idle.socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await eventually(() => idle.said().includes('served'));
  await eventually(() => idle.closed());
});

test('a connection too many is told so, and one that ends makes room', async () => {
  await eventually(async () => (await call(proxy.origin())).status === 200);
  const held = [];
  while (held.length < limits.connections) held.push(await open());
  const extra = await open();
  await eventually(() => extra.closed());
  expect(extra.said()).toMatch(/^HTTP\/1.1 503 /);
  expect(await refusals('connections')).toBeGreaterThanOrEqual(1);
  for (const { socket } of held) socket.destroy();
  await eventually(async () => (await call(proxy.origin()).catch(() => null))?.status === 200);
});

test('new settings count from the next request on, without a lost one', async () => {
  const here = await startTestProxy();
  await here.aim({ stable: upstream.origin });
  const before = call(`${here.origin()}/slow`);
  await eventually(() => upstream.seen.at(-1)?.url === '/slow');
  must(await here.configure({ limits: { bodyBytes: 10 }, timeouts: { connectMs: 500 } }));
  expect((await call(here.origin(), { method: 'POST', body: 'more than ten' })).status).toBe(413);
  expect(await before).toMatchObject({ status: 200, body: 'served' });
  must(await here.configure({}));
  expect((await call(here.origin(), { method: 'POST', body: 'more than ten' })).status).toBe(200);
});

test('settings that can not be are refused, and those in force stay', async () => {
  const refused = await proxy.configure({ limits: { connections: 0 } });
  expect(refused).toMatchObject({ ok: false, error: { reason: 'Refused', message: /limits.connections/ } });
  expect((await call(proxy.origin(), { method: 'POST', body: Buffer.alloc(100_001) })).status).toBe(413);
});
