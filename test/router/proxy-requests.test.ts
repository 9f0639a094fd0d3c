/** What the proxy passes on and what it refuses: header fields, methods, targets, framing. */
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { beforeAll, describe, expect, test } from 'vitest';
import { suiteEnd } from '../support/at-end.ts';
import { call, rawCall } from '../support/http-call.ts';
import { startTestProxy, type TestProxy } from '../support/proxy.ts';
import { startUpstream, type Upstream } from '../support/upstream.ts';

const atEnd = suiteEnd();
let proxy: TestProxy;
let upstream: Upstream;

beforeAll(async () => {
  upstream = await startUpstream((request, response) => {
    request.resume();
    const path = request.url ?? '';
    const status = /^\/status\/(\d+)/.exec(path)?.[1];
    if (status !== undefined) response.statusCode = Number(status);
    response.setHeader('Set-Cookie', ['a=1', 'b=2']);
    if (path === '/hop') {
      response.setHeader('Connection', 'close, X-Internal');
      response.setHeader('X-Internal', 'secret');
      response.setHeader('Proxy-Authenticate', 'Basic');
    }
    if (path === '/trailers') {
      response.setHeader('Trailer', 'X-Checksum');
      response.write('part');
      response.addTrailers({ 'X-Checksum': 'abc' });
    }
    if (path === '/hints') response.writeEarlyHints({ link: '</style.css>; rel=preload; as=style' });
    response.end(request.method === 'HEAD' || status === '204' || status === '304' ? undefined : 'body');
  }, atEnd);
  proxy = await startTestProxy({ atEnd });
  await proxy.aim({ stable: upstream.origin });
});

const lastSeen = () => {
  const seen = upstream.seen.at(-1);
  if (seen === undefined) throw new Error('the upstream has seen no request');
  return seen;
};

describe('header fields', () => {
  test('end-to-end ones pass both ways, repeated ones as they are', async () => {
    const answer = await call(`${proxy.origin()}/a?b=c%20d`, {
      headers: { 'X-Thing': ['one', 'two'], Host: 'shop.example' },
    });
    expect(lastSeen().url).toBe('/a?b=c%20d');
    expect(lastSeen().headers).toMatchObject({ host: 'shop.example', 'x-thing': 'one, two', via: '1.1 sluice' });
    expect(answer.headers['set-cookie']).toEqual(['a=1', 'b=2']);
    expect(answer.headers.via).toBe('1.1 sluice');
  });

  test('hop-by-hop ones and those that Connection lists end at the proxy', async () => {
    const headers = {
      Connection: 'keep-alive, X-Mine, Host, Content-Length',
      'X-Mine': '1',
      'Keep-Alive': 'timeout=9',
      TE: 'trailers',
      'Proxy-Authorization': 'Basic x',
      'Proxy-Connection': 'keep-alive',
    };
    const answer = await call(`${proxy.origin()}/hop`, {
      method: 'POST',
      body: 'four',
      headers: { ...headers, 'Content-Length': 4 },
    });
    const seen = lastSeen().headers;
    for (const name of ['x-mine', 'keep-alive', 'te', 'proxy-authorization', 'proxy-connection'])
      expect(seen).not.toHaveProperty(name);
    expect(seen).toMatchObject({ host: new URL(proxy.origin()).host, 'content-length': '4' });
    expect(answer.headers).not.toHaveProperty('x-internal');
    expect(answer.headers).not.toHaveProperty('proxy-authenticate');
    expect(answer.body).toBe('body');
  });

  test('the client is added to X-Forwarded-For, an outer scheme and host stay', async () => {
    await call(proxy.origin(), { headers: { Host: 'shop.example' } });
    expect(lastSeen().headers).toMatchObject({
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': 'shop.example',
    });
    await call(proxy.origin(), {
      headers: { 'X-Forwarded-For': '10.1.1.1', 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'outer' },
    });
    expect(lastSeen().headers).toMatchObject({
      'x-forwarded-for': '10.1.1.1, 127.0.0.1',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'outer',
    });
  });

  test('trailers of an answer pass', async () => {
    const answer = await call(`${proxy.origin()}/trailers`);
    expect(answer).toMatchObject({ body: 'partbody', trailers: { 'x-checksum': 'abc' } });
  });
});

describe('answers without a body', () => {
  test('HEAD keeps the length and sends nothing', async () => {
    const raw = await rawCall(proxy.origin(), 'HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    expect(raw).toMatch(/^HTTP\/1.1 200 OK\r\n/);
    expect(raw.endsWith('\r\n\r\n')).toBe(true);
  });

  test.each([204, 304])('status %i', async (status) => {
    expect(await call(`${proxy.origin()}/status/${status}`)).toMatchObject({ status, body: '' });
  });

  test('early hints do not end the exchange', async () => {
    expect(await call(`${proxy.origin()}/hints`)).toMatchObject({ status: 200, body: 'body' });
  });

  test('methods and statuses pass as they are', async () => {
    for (const method of ['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PURGE']) {
      expect((await call(`${proxy.origin()}/status/418`, { method })).status).toBe(418);
      expect(lastSeen().method).toBe(method);
    }
  });
});

describe('request targets', () => {
  test('HTTP/1.0 gets an answer that it can read', async () => {
    const raw = await rawCall(proxy.origin(), 'GET /trailers HTTP/1.0\r\n\r\n');
    expect(raw).toMatch(/^HTTP\/1.1 200/);
    expect(raw).toMatch(/\r\n\r\npartbody$/);
  });
});

describe('refused before any backend sees it', () => {
  const cases: readonly [string, string, number][] = [
    [
      'Content-Length with Transfer-Encoding',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcde', 400],
    ['a folded header', 'GET / HTTP/1.1\r\nHost: a\r\nX-A: b\r\n c: d\r\n\r\n', 400],
    ['a space before the colon', 'GET / HTTP/1.1\r\nHost: a\r\nContent-Length : 4\r\n\r\nabcd', 400],
    ['two hosts', 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n', 400],
    ['no host', 'GET / HTTP/1.1\r\n\r\n', 400],
    [
      'an unknown transfer coding',
      'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n',
      501,
    ],
    ['a target that is no path', 'OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n', 400],
    ['a tunnel', 'CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n', 501],
    ['a head of 20 kB', `GET / HTTP/1.1\r\nHost: a\r\nX-A: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
    ['no HTTP', 'hello\r\n\r\n', 400],
  ];

  test.each(cases)('%s', async (_name, text, status) => {
    const before = upstream.seen.length;
    expect(await rawCall(proxy.origin(), text)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(upstream.seen.length).toBe(before);
  });

  test('and counted', async () => {
    expect(await proxy.metric('sluice_proxy_refused_requests_total{reason="head_too_large"}')).toBe(1);
    expect(await proxy.metric('sluice_proxy_refused_requests_total{reason="malformed"}')).toBeGreaterThanOrEqual(4);
  });
});

test('an offer of h2c is ignored, the request served', async () => {
  const headers = {
    Connection: 'Upgrade, HTTP2-Settings',
    Upgrade: 'h2c',
    'HTTP2-Settings': 'AAMAAABkAAQAoAAAAAIAAAAA',
  };
  expect(await call(proxy.origin(), { headers })).toMatchObject({ status: 200, body: 'body' });
  expect(lastSeen().headers).not.toHaveProperty('http2-settings');
});

test('an answer that is no HTTP is a 502 that names the backend in the counters', async () => {
  const garbage = createServer((socket) => socket.end('what?\r\n\r\n'));
  await new Promise<void>((resolve) => garbage.listen(0, '127.0.0.1', resolve));
  atEnd(() => void garbage.close());
  await proxy.aim({ canary: `http://127.0.0.1:${(garbage.address() as AddressInfo).port}` });
  await proxy.weigh(100);
  expect((await call(proxy.origin())).status).toBe(502);
  const failures =
    'sluice_proxy_upstream_failures_total{backend="canary",revision="canary-rev",reason="malformed_answer"}';
  expect(await proxy.metric(failures)).toBe(1);
  await proxy.weigh(0);
});
