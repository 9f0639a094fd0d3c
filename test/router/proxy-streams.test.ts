/** Bodies through the proxy: streamed both ways, held back, whole, and undisturbed by changes of the split. */
import { createHash } from 'node:crypto';
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { suiteEnd } from '../support/at-end.ts';
import { eventually } from '../support/eventually.ts';
import { call } from '../support/http-call.ts';
import { must, startTestProxy, type TestProxy } from '../support/proxy.ts';
import { deadOrigin, startAnswering, startUpstream } from '../support/upstream.ts';

const megabyte = 1024 * 1024;
const atEnd = suiteEnd();
let proxy: TestProxy;

beforeAll(async () => {
  proxy = await startTestProxy({ atEnd });
});

const head = (sent: ClientRequest): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => sent.on('response', resolve).on('error', reject));

test('an answer streams: its head before its body, its first piece before its last', async () => {
  let goOn = () => {};
  const upstream = await startUpstream((_request, response) => {
    response.flushHeaders();
    goOn = () => void response.write('first');
  });
  await proxy.aim({ stable: upstream.origin });
  const sent = request(proxy.origin(), { agent: new Agent() });
  sent.end();
  const response = await head(sent);
  goOn();
  const piece = await new Promise<Buffer>((resolve) => response.once('data', resolve));
  expect(piece.toString()).toBe('first');
  sent.destroy();
});

test('a request streams: the backend reads the first piece before the last is sent', async () => {
  let read = '';
  const upstream = await startUpstream((incoming, response) => {
    incoming.on('data', (chunk: Buffer) => {
      read += chunk.toString();
    });
    incoming.on('end', () => response.end(read));
  });
  await proxy.aim({ stable: upstream.origin });
  const sent = request(proxy.origin(), { agent: new Agent(), method: 'POST' });
  sent.write('first ');
  await eventually(() => read === 'first ');
  sent.end('last');
  expect((await head(sent)).statusCode).toBe(200);
  await eventually(() => read === 'first last');
});

test('big bodies arrive whole, both ways', async () => {
  const upstream = await startUpstream((incoming, response) => void incoming.pipe(response));
  await proxy.aim({ stable: upstream.origin });
  const sent = request(proxy.origin(), { agent: new Agent(), method: 'POST' });
  const [out, back] = [createHash('sha1'), createHash('sha1')];
  const answered = head(sent).then(async (response) => {
    for await (const chunk of response) back.update(chunk as Buffer);
  });
  for (let piece = 0; piece < 48; piece++) {
    const bytes = Buffer.alloc(megabyte, piece);
    out.update(bytes);
    if (!sent.write(bytes)) await new Promise((resolve) => sent.once('drain', resolve));
  }
  sent.end();
  await answered;
  expect(back.digest('hex')).toBe(out.digest('hex'));
});

test('a user that reads slowly holds the backend back, and gets everything in the end', async () => {
  const total = 96 * megabyte;
  let written = 0;
  const upstream = await startUpstream((_request, response) => {
    response.writeHead(200, { 'content-length': total });
    const writeOn = () => {
      while (written < total) {
        written += megabyte;
        if (!response.write(Buffer.alloc(megabyte))) return;
      }
      response.end();
    };
    response.on('drain', writeOn);
    writeOn();
  });
  await proxy.aim({ stable: upstream.origin });
  const socket = connect(Number(new URL(proxy.origin()).port), '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  let before = -1;
  const stalled = () => {
    const still = written > 0 && written === before;
    before = written;
    return still;
  };
  await eventually(stalled, { everyMs: 300 });
  expect(written).toBeLessThan(total / 2);
  let received = 0;
  for await (const chunk of socket) received += (chunk as Buffer).length;
  expect(received).toBeGreaterThan(total);
});

test('connections are kept on both sides', async () => {
  const upstream = await startAnswering('kept');
  await proxy.aim({ stable: upstream.origin });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  const ports = new Set<number | undefined>();
  for (let round = 0; round < 20; round++) {
    await call(proxy.origin(), { agent, method: 'POST', body: 'x' });
    ports.add(upstream.seen.at(-1)?.socket.remotePort);
  }
  expect(ports.size).toBeLessThanOrEqual(2);
});

test('requests go round the endpoints of a backend', async () => {
  const [one, two] = [await startAnswering('1'), await startAnswering('2')];
  must(
    await proxy.backends.point({
      backend: 'stable',
      revision: 'stable-rev',
      endpoints: [one.origin, two.origin],
      epoch: 1,
    }),
  );
  const answers: string[] = [];
  for (let round = 0; round < 6; round++) answers.push((await call(proxy.origin())).body);
  expect(answers.join('')).toMatch(/^(121212|212121)$/);
});

test('an endpoint that goes finishes what it has begun', async () => {
  let finish = () => {};
  const old = await startUpstream((_request, response) => {
    response.write('begun');
    finish = () => void response.end(' and finished');
  });
  const renewed = await startAnswering('renewed');
  await proxy.aim({ stable: old.origin });
  const sent = request(proxy.origin(), { agent: new Agent() });
  sent.end();
  const response = await head(sent);
  await proxy.aim({ stable: renewed.origin });
  expect((await call(proxy.origin())).body).toBe('renewed');
  finish();
  let body = '';
  for await (const chunk of response) body += String(chunk);
  expect(body).toBe('begun and finished');
});

test('100 Continue is sent when the backend has been reached, and not otherwise', async () => {
  const upstream = await startUpstream((incoming, response) => void incoming.pipe(response));
  await proxy.aim({ stable: upstream.origin });
  const agent = new Agent({ keepAlive: true });
  onTestFinished(() => agent.destroy());
  const ask = async () => {
    const sent = request(proxy.origin(), {
      agent,
      method: 'POST',
      headers: { Expect: '100-continue', 'Content-Length': 4 },
    });
    let continued = false;
    sent.on('continue', () => {
      continued = true;
      sent.end('body');
    });
    sent.flushHeaders();
    const response = await head(sent);
    response.resume();
    return { status: response.statusCode, connection: response.headers.connection, continued };
  };
  expect(await ask()).toEqual({ status: 200, connection: 'keep-alive', continued: true });
  expect(upstream.seen.at(-1)?.headers).not.toHaveProperty('expect');
  await proxy.aim({ stable: await deadOrigin() });
  // A body may follow or not: nothing else can be read from this connection.
  expect(await ask()).toEqual({ status: 502, connection: 'close', continued: false });
});

test('no request fails, and none is sent twice, while the weight changes under load', async () => {
  const [stable, canary] = [await startAnswering('stable'), await startAnswering('canary')];
  await proxy.aim({ stable: stable.origin, canary: canary.origin });
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  onTestFinished(() => agent.destroy());
  let loading = true;
  let wrong = 0;
  let answered = 0;
  const users = Array.from({ length: 4 }, async () => {
    while (loading) {
      const { status } = await call(proxy.origin(), { agent });
      if (status !== 200) wrong++;
      answered++;
    }
  });
  for (let change = 0; change < 100; change++) await proxy.weigh([25, 50, 75, 100, 0][change % 5] ?? 0);
  loading = false;
  await Promise.all(users);
  await proxy.weigh(0);
  expect(wrong).toBe(0);
  expect(answered).toBe(stable.seen.length + canary.seen.length);
});
