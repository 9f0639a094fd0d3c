/** Users who ask more than any well-meant one does: what it costs is bounded, and everybody else is served on. */
import { constants } from 'node:http2';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { suiteEnd } from '../../support/at-end.ts';
import { eventually } from '../../support/eventually.ts';
import { session } from '../../support/grpc-calls.ts';
import { call } from '../../support/http-call.ts';
import { endHeaders, endStream, field, frame, greeting, number } from '../../support/http2-frames.ts';
import { isAlive } from '../../support/process.ts';
import { startTestProxy, type TestProxy } from '../../support/proxy.ts';
import { rawSocket } from '../../support/raw-socket.ts';
import { startUpstream, type Upstream } from '../../support/upstream.ts';

const atEnd = suiteEnd();
let proxy: TestProxy;
let upstream: Upstream;

beforeAll(async () => {
  upstream = await startUpstream((request, response) => {
    request.resume();
    if (request.url === '/odd') return void request.socket.end('HTTP/1.1 999 Odd\r\nContent-Length: 2\r\n\r\nno');
    if (request.url === '/hang') return;
    response.end('fine');
  }, atEnd);
  proxy = await startTestProxy({ atEnd });
  await proxy.aim({ stable: upstream.origin });
});

afterEach(async () => {
  expect((await call(proxy.origin())).body).toBe('fine');
  expect(isAlive(proxy.process().pid)).toBe(true);
  await eventually(async () => (await proxy.metric('sluice_proxy_open_requests{backend="stable"}')) === 0);
});

const hangPath = Buffer.concat([Buffer.from([0x82, 0x86]), field(':path', '/hang'), field(':authority', 'a')]);

const refusals = (reason: string) => proxy.metric(`sluice_proxy_refused_requests_total{reason="${reason}"}`);

test('requests one behind the other, without waiting: some are served at once, more end the connection', async () => {
  const before = upstream.seen.length;
  const user = await rawSocket(proxy.origin(), 'GET /hang HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(20_000));
  await eventually(() => user.ended() !== null);
  expect(upstream.seen.length - before).toBeLessThanOrEqual(130);
  expect(await refusals('pipelined')).toBe(1);
});

test('a few of them are served in their order', async () => {
  const user = await rawSocket(proxy.origin(), 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(20));
  await eventually(() => user.text().match(/fine/g)?.length === 20);
  user.socket.destroy();
});

test.each([
  ['a window of nothing', (stream: number) => frame('windowUpdate', { stream, payload: number(0) })],
  ['data behind the end', (stream: number) => frame('data', { stream, payload: Buffer.from('x') })],
])('streams that the proxy must reset, by %s (CVE-2025-8671), are no way to ask for more', async (_name, wrong) => {
  const before = upstream.seen.length;
  const flood = Array.from({ length: 20_000 }, (_, at) => {
    const stream = 2 * at + 1;
    return Buffer.concat([
      frame('headers', { flags: endHeaders + endStream, stream, payload: hangPath }),
      wrong(stream),
    ]);
  });
  const user = await rawSocket(proxy.origin(), Buffer.concat([greeting, ...flood]));
  await eventually(() => user.ended() !== null);
  expect(upstream.seen.length - before).toBeLessThan(2_000);
});

test('a status that HTTP/2 can not say is a 502 of its stream', async () => {
  const stream = session(proxy.origin()).request({ ':path': '/odd' });
  stream.on('error', () => {}).resume();
  const status = await new Promise((resolve) => {
    stream.on('response', (head) => resolve(head[':status'])).on('close', () => resolve(stream.rstCode));
  });
  expect([502, constants.NGHTTP2_INTERNAL_ERROR]).toContain(status);
});
