/** Who asks: what load balancers in front say about their users is believed from those that are named, and from nobody else. */
import { Agent } from 'node:http';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { suiteEnd } from '../support/at-end.ts';
import { eventually } from '../support/eventually.ts';
import { call, rawCall } from '../support/http-call.ts';
import { must, startTestProxy, type TestProxy } from '../support/proxy.ts';
import { rawSocket } from '../support/raw-socket.ts';
import { type RawUpstream, startRawUpstream } from '../support/raw-upstream.ts';

const atEnd = suiteEnd();
let proxy: TestProxy;
let backend: RawUpstream;

beforeAll(async () => {
  backend = await startRawUpstream(atEnd);
  proxy = await startTestProxy({ atEnd });
  await proxy.aim({ stable: backend.origin });
});

const said = {
  'X-Forwarded-For': '10.1.1.1',
  'X-Forwarded-Proto': 'https',
  'X-Forwarded-Host': 'outer',
  'X-Forwarded-Port': '443',
  Forwarded: 'for=10.1.1.1',
  'X-Real-IP': '10.1.1.1',
};

const seen = () => backend.requests().at(-1)?.headers;

test('a load balancer that is believed: its own address is added, the rest stays', async () => {
  must(await proxy.configure({ forwarded: { from: ['127.0.0.1'] } }));
  await call(proxy.origin(), { headers: said });
  expect(seen()).toMatchObject({
    'x-forwarded-for': '10.1.1.1, 127.0.0.1',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'outer',
    'x-forwarded-port': '443',
    forwarded: 'for=10.1.1.1',
    'x-real-ip': '10.1.1.1',
  });
});

test('anybody else: what it says of others goes no further', async () => {
  must(await proxy.configure({ forwarded: { from: ['10.0.0.0/8'] } }));
  await call(proxy.origin(), { headers: { ...said, Host: 'shop.example', 'X-Forwarded-Prefix': '/admin' } });
  expect(seen()).toMatchObject({
    'x-forwarded-for': '127.0.0.1',
    'x-forwarded-proto': 'http',
    'x-forwarded-host': 'shop.example',
    'x-forwarded-port': new URL(proxy.origin()).port,
  });
  for (const name of ['forwarded', 'x-real-ip', 'x-forwarded-prefix']) expect(seen()).not.toHaveProperty(name);
});

test('who is believed changes with the settings, also on a connection that stands', async () => {
  must(await proxy.configure({ forwarded: { from: ['127.0.0.1'] } }));
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  await call(proxy.origin(), { agent, headers: said });
  expect(seen()).toMatchObject({ 'x-forwarded-for': '10.1.1.1, 127.0.0.1' });
  must(await proxy.configure({ forwarded: { from: [] } }));
  await call(proxy.origin(), { agent, headers: said });
  expect(seen()).toMatchObject({ 'x-forwarded-for': '127.0.0.1' });
  expect(seen()).not.toHaveProperty('forwarded');
  must(await proxy.configure({ forwarded: { from: ['127.0.0.1'] } }));
  await call(proxy.origin(), { agent, headers: said });
  expect(seen()).toMatchObject({ 'x-forwarded-for': '10.1.1.1, 127.0.0.1' });
});

test('names that a backend may read as the same are dropped, from whomever they come', async () => {
  const twins = { X_Forwarded_For: '10.1.1.1', 'X-Forwarded_Host': 'outer', x_real_ip: '10.1.1.1' };
  for (const from of [['127.0.0.1'], []]) {
    must(await proxy.configure({ forwarded: { from } }));
    await call(proxy.origin(), { headers: { ...twins, X_Other: 'kept' } });
    for (const name of Object.keys(twins)) expect(seen()).not.toHaveProperty(name.toLowerCase());
    expect(seen()).toHaveProperty('x_other', 'kept');
  }
});

describe('PROXY headers', () => {
  const request = 'GET /x HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 10.9.9.9\r\nConnection: close\r\n\r\n';
  const two = `\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc0\0\x02\x07\x7f\0\0\x01\xdb\x50\0\x50`;

  beforeAll(async () => {
    must(await proxy.configure({ proxyProtocol: { from: ['127.0.0.0/8'] }, forwarded: { from: ['192.0.2.0/24'] } }));
  });

  test('version 1: the address in it is the user', async () => {
    const answer = await rawCall(proxy.origin(), `PROXY TCP4 203.0.113.9 127.0.0.1 56144 80\r\n${request}`);
    expect(answer).toMatch(/^HTTP\/1.1 200 /);
    expect(seen()).toMatchObject({ 'x-forwarded-for': '203.0.113.9' });
  });

  test('version 2: believed about others when the address in it is', async () => {
    expect(await rawCall(proxy.origin(), `${two}${request}`)).toMatch(/^HTTP\/1.1 200 /);
    expect(seen()).toMatchObject({ 'x-forwarded-for': '10.9.9.9, 192.0.2.7' });
  });

  test('the address in it stays the user when other load balancers are believed from now on', async () => {
    const user = await rawSocket(
      proxy.origin(),
      Buffer.from(`${two}${request.replace('Connection: close', 'X-A: 1')}`, 'latin1'),
    );
    await eventually(() => user.text().includes('served'));
    expect(seen()).toMatchObject({ 'x-forwarded-for': '10.9.9.9, 192.0.2.7' });
    must(await proxy.configure({ proxyProtocol: { from: ['127.0.0.0/8'] }, forwarded: { from: ['127.0.0.1'] } }));
    user.socket.write(request);
    await eventually(() => user.ended() !== null);
    expect(seen()).toMatchObject({ 'x-forwarded-for': '192.0.2.7' });
    must(await proxy.configure({ proxyProtocol: { from: ['127.0.0.0/8'] }, forwarded: { from: ['192.0.2.0/24'] } }));
  });

  test('byte by byte', async () => {
    const answer = await rawCall(proxy.origin(), Array.from(`${two}${request}`));
    expect(answer).toMatch(/^HTTP\/1.1 200 /);
    expect(seen()).toMatchObject({ 'x-forwarded-for': '10.9.9.9, 192.0.2.7' });
  });

  test('a load balancer that speaks for itself is served as itself', async () => {
    expect(await rawCall(proxy.origin(), `PROXY UNKNOWN\r\n${request}`)).toMatch(/^HTTP\/1.1 200 /);
    expect(seen()).toMatchObject({ 'x-forwarded-for': '127.0.0.1' });
  });

  test('a connection without one is closed, counted, and not served', async () => {
    const before = backend.requests().length;
    expect(await rawCall(proxy.origin(), request)).toBe('');
    expect(backend.requests().length).toBe(before);
    expect(await proxy.metric('sluice_proxy_refused_requests_total{reason="proxy_header"}')).toBe(1);
  });

  test('one that does not come in time is not waited for', async () => {
    const from = ['127.0.0.0/8'];
    must(await proxy.configure({ proxyProtocol: { from }, timeouts: { headMs: 200 } }));
    expect(await rawCall(proxy.origin(), 'PROXY TCP4 203.0.113.9')).toBe('');
  });

  test('from an address that is no load balancer it is no request', async () => {
    must(await proxy.configure({ proxyProtocol: { from: ['192.0.2.0/24'] } }));
    const answer = await rawCall(proxy.origin(), `PROXY TCP4 203.0.113.9 127.0.0.1 56144 80\r\n${request}`);
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
    await eventually(async () => (await call(proxy.origin())).status === 200);
  });
});
