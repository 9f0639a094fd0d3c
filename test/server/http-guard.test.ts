import { request } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { call, rawCall } from '../support/http-call.ts';
import { getJson, postJson, testServer } from '../support/http-server.ts';
import { bakingRelease } from '../support/sample-release.ts';

const token = 'a-token-that-is-long-enough';
const pausePath = '/api/v1/releases/app/pause';
const pause = JSON.stringify({ revision: 'v1.9.0', reason: 'x' });
const json = { 'content-type': 'application/json' };

const serverWithRelease = async (options: Parameters<typeof testServer>[0] = {}) => {
  const server = await testServer(options);
  await server.controls.put(bakingRelease());
  const paused = async (): Promise<boolean> => {
    const read = await server.controls.release('app-3f2a');
    return read.ok && read.value?.pauses.length === 1;
  };
  return { ...server, paused };
};

describe('without a token', () => {
  it('listens on this machine only', async () => {
    await expect(testServer({ host: '0.0.0.0' })).rejects.toThrow(
      'opens the server to other machines: give a token file',
    );
  });

  it.each(['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example:80', '10.0.0.1'])(
    'answers nobody who calls it %s (DNS rebinding)',
    async (host) => {
      const { url, paused } = await serverWithRelease();
      const read = await call(`${url}/api/v1/releases`, { headers: { host } });
      expect({ status: read.status, reason: JSON.parse(read.body).reason }).toEqual({
        status: 421,
        reason: 'Misdirected',
      });
      await call(url + pausePath, { method: 'POST', headers: { host, ...json }, body: pause });
      expect(await paused()).toBe(false);
    },
  );

  it.each(['localhost', '127.0.0.1:7581', '127.9.9.9', '[::1]:80'])('answers who calls it %s', async (host) => {
    const { url } = await serverWithRelease();
    expect((await call(`${url}/api/v1/releases`, { headers: { host } })).status).toBe(200);
  });
});

describe('with a token', () => {
  it.each([{}, { authorization: 'Bearer wrong' }, { authorization: `Basic ${token}` }, { authorization: token }])(
    'refuses %o',
    async (headers) => {
      const { url, paused } = await serverWithRelease({ keys: [{ token, name: null }] });
      const answer = await call(url + pausePath, { method: 'POST', headers: { ...json, ...headers }, body: pause });
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toBe('Bearer');
      expect(await paused()).toBe(false);
      expect((await call(`${url}/metrics`, { headers })).status).toBe(401);
    },
  );

  it('answers whoever has it, under any name', async () => {
    const { url, paused } = await serverWithRelease({ keys: [{ token, name: null }] });
    const headers = { authorization: `Bearer ${token}`, host: 'sluice.example', ...json };
    expect((await call(url + pausePath, { method: 'POST', headers, body: pause })).status).toBe(200);
    expect(await paused()).toBe(true);
  });

  it('still tells everybody whether it is alive', async () => {
    const { url } = await serverWithRelease({ keys: [{ token, name: null }] });
    expect((await getJson(`${url}/livez`)).status).toBe(200);
  });
});

describe('requests of other sites in a browser', () => {
  it.each([
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ])('with %o are refused', async (headers) => {
    const { url, paused } = await serverWithRelease();
    const sent = Object.fromEntries(Object.entries({ ...json, ...headers }));
    expect((await call(url + pausePath, { method: 'POST', headers: sent, body: pause })).status).toBe(403);
    expect(await paused()).toBe(false);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', ''])(
    'can not send JSON as %s',
    async (type) => {
      const { url, paused } = await serverWithRelease();
      const answer = await call(url + pausePath, { method: 'POST', headers: { 'content-type': type }, body: pause });
      expect(answer.status).toBe(415);
      expect(await paused()).toBe(false);
    },
  );

  it('get no permission from a preflight', async () => {
    const { url } = await serverWithRelease();
    const answer = await call(url + pausePath, {
      method: 'OPTIONS',
      headers: { 'access-control-request-method': 'POST' },
    });
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  });
});

describe('bodies', () => {
  it('that say they are large are refused before anybody is asked who they are', async () => {
    const { url } = await serverWithRelease({ keys: [{ token, name: null }] });
    const { host } = new URL(url);
    const answer = await rawCall(
      url,
      `POST ${pausePath} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: 2147483648\r\n\r\n{`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain('larger than 64 KiB');
  });

  it('that grow beyond the limit while they come are cut off', async () => {
    const { url } = await serverWithRelease();
    const status = await new Promise<number | string>((resolve) => {
      const sent = request(url + pausePath, { method: 'POST', headers: json }, (response) =>
        resolve(response.statusCode ?? 0),
      );
      sent.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'error'));
      for (let chunk = 0; chunk < 20; chunk += 1) sent.write('x'.repeat(8_192));
      sent.end();
    });
    expect(status).toBe(413);
  });

  it.each([
    ['deep', `${'['.repeat(30_000)}${']'.repeat(30_000)}`, 'nests deeper than'],
    ['poisoned', '{"__proto__": {"polluted": true}}', 'has a key "__proto__"'],
    ['poisoned within', '{"revision": {"constructor": {"prototype": {"polluted": true}}}}', 'has a key'],
    ['no JSON', '{"revision": ', 'the body is not accepted'],
    ['empty', '', 'the body is not accepted'],
    ['an array', '[]', 'is not a map'],
  ])('that are %s are refused', async (_name, body, message) => {
    const { url, paused } = await serverWithRelease();
    const answer = await postJson(url + pausePath, body);
    expect(answer).toMatchObject({ status: 400, body: { reason: 'Invalid' } });
    expect(answer.body.message).toContain(message);
    expect(await paused()).toBe(false);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('that are compressed are refused', async () => {
    const { url } = await serverWithRelease();
    const answer = await call(url + pausePath, {
      method: 'POST',
      headers: { ...json, 'content-encoding': 'gzip' },
      body: pause,
    });
    expect(answer.status).toBe(400);
  });
});

describe('slow and many clients', () => {
  it('who do not send their headers in time are cut off, while others are served', async () => {
    const { url, port } = await serverWithRelease({ limits: { headersMs: 300, requestMs: 600 } });
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString();
    });
    socket.write('GET /livez HTTP/1.1\r\nHost: localhost\r\n');
    expect((await getJson(`${url}/livez`)).status).toBe(200);
    await eventually(() => socket.closed, { withinMs: 20_000 });
    expect(answer).toMatch(/^(HTTP\/1\.1 408 |$)/);
  });

  it('beyond the limit get no connection, and the next one does when there is room', async () => {
    const { url, port } = await serverWithRelease({ limits: { maxConnections: 3 } });
    const sockets = [1, 2, 3].map(() => connect(port, '127.0.0.1'));
    await eventually(() => sockets.every(({ readyState }) => readyState === 'open'));
    await expect(call(`${url}/livez`)).rejects.toThrow();
    for (const socket of sockets) socket.destroy();
    const answer = await eventually(() => call(`${url}/livez`));
    expect(answer.status).toBe(200);
  });
});

describe('every answer', () => {
  it.each(['/livez', '/api/v1/releases', '/nowhere', '/metrics'])('at %s has strict headers', async (path) => {
    const { url } = await serverWithRelease();
    const { headers } = await call(url + path);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['x-powered-by']).toBeUndefined();
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });
});
