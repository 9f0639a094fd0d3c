/** What no well-meant client of HTTP/2 sends: the connection ends as the protocol says, and everybody else is served on. */
import { constants } from 'node:http2';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { suiteEnd } from '../../support/at-end.ts';
import { eventually } from '../../support/eventually.ts';
import { call } from '../../support/http-call.ts';
import {
  endHeaders,
  endStream,
  field,
  frame,
  get,
  getHead,
  goaways,
  greeting,
  number,
  preface,
  resets,
} from '../../support/http2-frames.ts';
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
    if (request.url !== '/hang') response.end('fine');
  }, atEnd);
  proxy = await startTestProxy({ atEnd, settings: { timeouts: { headMs: 500 } } });
  await proxy.aim({ stable: upstream.origin });
});

afterEach(async () => {
  expect((await call(proxy.origin())).body).toBe('fine');
  expect(isAlive(proxy.process().pid)).toBe(true);
});

const { NGHTTP2_COMPRESSION_ERROR, NGHTTP2_FLOW_CONTROL_ERROR, NGHTTP2_FRAME_SIZE_ERROR, NGHTTP2_PROTOCOL_ERROR } =
  constants;

const hangPath = Buffer.concat([Buffer.from([0x82, 0x86]), field(':path', '/hang'), field(':authority', 'a')]);

const hang = (stream: number): Buffer => frame('headers', { flags: endHeaders + endStream, stream, payload: hangPath });

const odd = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => 2 * at + 1);

describe('ends the connection', () => {
  const errors: readonly (readonly [string, Buffer, number])[] = [
    [
      'a frame longer than allowed',
      frame('data', { stream: 1, payload: Buffer.alloc(20_000) }),
      NGHTTP2_FRAME_SIZE_ERROR,
    ],
    ['data of no stream', frame('data', { payload: Buffer.from('x') }), NGHTTP2_PROTOCOL_ERROR],
    [
      'data of a stream that nobody opened',
      frame('data', { stream: 5, payload: Buffer.from('x') }),
      NGHTTP2_PROTOCOL_ERROR,
    ],
    ['a head on an even stream', get(2), NGHTTP2_PROTOCOL_ERROR],
    [
      'a head of nonsense',
      frame('headers', { flags: endHeaders, stream: 1, payload: Buffer.alloc(40, 0xff) }),
      NGHTTP2_COMPRESSION_ERROR,
    ],
    [
      'another frame within a head',
      Buffer.concat([frame('headers', { stream: 1, payload: getHead }), frame('ping', { payload: Buffer.alloc(8) })]),
      NGHTTP2_PROTOCOL_ERROR,
    ],
    ['a continuation of nothing', frame('continuation', { stream: 1, payload: getHead }), NGHTTP2_PROTOCOL_ERROR],
    ['a ping of three bytes', frame('ping', { payload: Buffer.alloc(3) }), NGHTTP2_FRAME_SIZE_ERROR],
    ['settings of five bytes', frame('settings', { payload: Buffer.alloc(5) }), NGHTTP2_FRAME_SIZE_ERROR],
    [
      'a window beyond its size',
      Buffer.concat([
        frame('windowUpdate', { payload: number(0x7fffffff) }),
        frame('windowUpdate', { payload: number(0x7fffffff) }),
      ]),
      NGHTTP2_FLOW_CONTROL_ERROR,
    ],
  ];

  test.each(errors)('%s', async (_name, bytes, code) => {
    const before = upstream.seen.length;
    const user = await rawSocket(proxy.origin(), Buffer.concat([greeting, bytes]));
    await eventually(() => user.ended() !== null);
    expect(goaways(user.received())).toContain(code);
    expect(upstream.seen.length).toBe(before);
  });

  test('no preface behind its first letters', async () => {
    const user = await rawSocket(proxy.origin(), 'PRI is no method of ours\r\n\r\n');
    await eventually(() => user.ended() !== null);
  });

  test('half a preface, and silence', async () => {
    const user = await rawSocket(proxy.origin(), preface.subarray(0, 2));
    await eventually(() => user.ended() !== null);
    expect(user.received().length).toBe(0);
  });
});

describe('refuses the request', () => {
  const malformed: readonly (readonly [string, Buffer])[] = [
    ['with a field for this connection only', get(1, field('connection', 'close'))],
    ['with a transfer coding', get(1, field('transfer-encoding', 'chunked'))],
    ['with a name in capitals', get(1, field('X-Loud', '1'))],
    ['with two paths', get(1, Buffer.from([0x84]))],
    [
      'with a length that its body has not',
      frame('headers', {
        flags: endHeaders + endStream,
        stream: 1,
        payload: Buffer.concat([getHead, field('content-length', '9')]),
      }),
    ],
    [
      'with fields beyond the limit',
      get(1, ...Array.from({ length: 150 }, (_, at) => field(`x-${at}`, 'a'.repeat(120)))),
    ],
  ];

  test.each(malformed)('%s, and no other', async (_name, bytes) => {
    const before = upstream.seen.length;
    const user = await rawSocket(proxy.origin(), Buffer.concat([greeting, bytes, get(3)]));
    await eventually(() => user.ended() !== null || resets(user.received()).has(1) || user.text().includes('431'));
    await eventually(() => user.ended() !== null || user.text().includes('fine'));
    expect(upstream.seen.slice(before).filter(({ headers }) => 'x-c' in headers || 'x-1' in headers)).toEqual([]);
    expect(upstream.seen.length - before).toBeLessThanOrEqual(1);
  });
});

test('a line break in a value makes no field of what follows it', async () => {
  const user = await rawSocket(proxy.origin(), Buffer.concat([greeting, get(1, field('x-a', 'b\r\nx-c: d'))]));
  await eventually(() => user.text().includes('fine'));
  expect(upstream.seen.at(-1)?.headers).not.toHaveProperty('x-a');
  expect(upstream.seen.at(-1)?.headers).not.toHaveProperty('x-c');
});

describe('ends a flood', () => {
  test('of requests taken back at once (CVE-2023-44487)', async () => {
    const before = upstream.seen.length;
    const flood = odd(20_000).map((stream) =>
      Buffer.concat([hang(stream), frame('reset', { stream, payload: number(8) })]),
    );
    const user = await rawSocket(proxy.origin(), Buffer.concat([greeting, ...flood]));
    await eventually(() => user.ended() !== null);
    expect(upstream.seen.length - before).toBeLessThan(2_000);
    await eventually(async () => (await proxy.metric('sluice_proxy_open_requests{backend="stable"}')) === 0);
  });

  test('of continuations of a head that has no end', async () => {
    const more = frame('continuation', { stream: 1, payload: field('x-a', 'a'.repeat(100)) });
    const flood = Array.from({ length: 20_000 }, () => more);
    const user = await rawSocket(
      proxy.origin(),
      Buffer.concat([greeting, frame('headers', { stream: 1, payload: getHead }), ...flood]),
    );
    await eventually(() => user.ended() !== null);
  });

  test.each([
    ['settings', frame('settings')],
    ['pings', frame('ping', { payload: Buffer.alloc(8) })],
  ])('of %s, whose sender reads no answer', async (_name, bytes) => {
    const user = await rawSocket(proxy.origin(), greeting);
    user.socket.pause();
    // Until nobody takes any more of it: so much is never sent by a client that is listened to.
    const flood = Buffer.concat(Array.from({ length: 4_000 }, () => bytes));
    for (let round = 0; round < 400 && user.ended() === null; round++) {
      await new Promise((resolve) => user.socket.write(flood, resolve));
    }
    user.socket.resume();
    await eventually(() => user.ended() !== null);
  });

  test('of requests beyond those that are served at once', async () => {
    const before = upstream.seen.length;
    const user = await rawSocket(proxy.origin(), Buffer.concat([greeting, ...odd(1_000).map(hang)]));
    await eventually(() => user.ended() !== null);
    expect([...resets(user.received()).values()]).toContain(constants.NGHTTP2_REFUSED_STREAM);
    expect(upstream.seen.length - before).toBeLessThanOrEqual(128);
    user.socket.destroy();
    await eventually(async () => (await proxy.metric('sluice_proxy_open_requests{backend="stable"}')) === 0);
  });
});
