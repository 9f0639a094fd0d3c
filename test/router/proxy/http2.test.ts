/** HTTP/2 by prior knowledge at the users' side: each stream a request like any other, over one connection. */
import {
  type ClientHttp2Session,
  connect,
  constants,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from 'node:http2';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { suiteEnd } from '../../support/at-end.ts';
import { eventually } from '../../support/eventually.ts';
import { must, startTestProxy, type TestProxy } from '../../support/proxy.ts';
import { standsStill } from '../../support/stands-still.ts';
import { deadOrigin, startAnswering, startUpstream } from '../../support/upstream.ts';

const megabyte = 1024 * 1024;
const atEnd = suiteEnd();
let proxy: TestProxy;

beforeAll(async () => {
  proxy = await startTestProxy({ atEnd });
});

const session = (): ClientHttp2Session => {
  const client = connect(proxy.origin());
  client.on('error', () => {});
  onTestFinished(() => client.destroy());
  return client;
};

interface Reply {
  readonly headers: IncomingHttpHeaders;
  readonly trailers: IncomingHttpHeaders;
  readonly body: string;
}

const ask = (client: ClientHttp2Session, headers: OutgoingHttpHeaders = {}, body?: string | Buffer): Promise<Reply> =>
  new Promise((resolve, reject) => {
    const stream = client.request({ ':path': '/', ...headers }, { endStream: body === undefined });
    const reply = { headers: {} as IncomingHttpHeaders, trailers: {} as IncomingHttpHeaders, body: '' };
    stream.on('response', (got) => {
      reply.headers = got;
    });
    stream.on('trailers', (got: IncomingHttpHeaders) => {
      reply.trailers = got;
    });
    stream.on('data', (chunk: Buffer) => {
      reply.body += chunk.toString();
    });
    stream.on('end', () => resolve(reply)).on('error', reject);
    if (body !== undefined) stream.end(body);
  });

const count = (code: number, backend = 'stable') =>
  proxy.metric(`sluice_proxy_requests_total{backend="${backend}",revision="${backend}-rev",code="${code}"}`);

test('a request reaches an HTTP/1.1 backend with its fields, and its answer comes back', async () => {
  const upstream = await startUpstream((incoming, response) => {
    response.setHeader('Set-Cookie', ['a=1', 'b=2']);
    response.setHeader('Connection', 'close');
    response.setHeader('Trailer', 'X-Checksum');
    response.write('got ');
    response.addTrailers({ 'X-Checksum': 'abc' });
    incoming.pipe(response);
  });
  await proxy.aim({ stable: upstream.origin });
  const before = await count(200);
  const headers = {
    ':method': 'POST',
    ':path': '/a?b=c',
    ':authority': 'shop.example',
    cookie: ['x=1', 'y=2'],
    'x-thing': 'one',
    te: 'trailers',
  };
  const reply = await ask(session(), headers, 'this');
  expect(reply).toMatchObject({
    body: 'got this',
    headers: { ':status': 200, 'set-cookie': ['a=1', 'b=2'], via: '1.1 sluice' },
    trailers: { 'x-checksum': 'abc' },
  });
  expect(reply.headers).not.toHaveProperty('connection');
  const seen = upstream.seen.at(-1);
  expect(seen).toMatchObject({ method: 'POST', url: '/a?b=c' });
  expect(seen?.headers).toMatchObject({
    host: 'shop.example',
    cookie: 'x=1; y=2',
    'x-thing': 'one',
    'x-forwarded-for': '127.0.0.1',
    'x-forwarded-host': 'shop.example',
  });
  expect(seen?.headers).not.toHaveProperty('te');
  expect(seen?.rawHeaders.filter((name) => name.startsWith(':'))).toEqual([]);
  expect((await count(200)) - before).toBe(1);
});

test('a request without a body has none at the backend', async () => {
  const upstream = await startAnswering('bare');
  await proxy.aim({ stable: upstream.origin });
  await ask(session());
  expect(upstream.seen.at(-1)?.headers).not.toHaveProperty('transfer-encoding');
});

test('big bodies arrive whole both ways, and a slow reader holds the backend back', async () => {
  let written = 0;
  const upstream = await startUpstream((_incoming, response) => {
    const writeOn = () => {
      while (written < 48) {
        written++;
        if (!response.write(Buffer.alloc(megabyte))) return;
      }
      response.end();
    };
    response.on('drain', writeOn);
    writeOn();
  });
  await proxy.aim({ stable: upstream.origin });
  const stream = session().request({ ':path': '/' });
  await standsStill(() => written);
  expect(written).toBeLessThan(24);
  let received = 0;
  for await (const chunk of stream) received += (chunk as Buffer).length;
  expect(received).toBe(48 * megabyte);
  const echoing = await startUpstream((incoming, response) => void incoming.pipe(response));
  await proxy.aim({ stable: echoing.origin });
  const reply = await ask(session(), { ':method': 'POST' }, Buffer.alloc(8 * megabyte, 'x'));
  expect(reply.body.length).toBe(8 * megabyte);
});

test('each stream is dealt by the weight, exact in every 100, over one connection', async () => {
  const [stable, canary] = [await startAnswering('stable'), await startAnswering('canary')];
  await proxy.aim({ stable: stable.origin, canary: canary.origin });
  await proxy.weigh(25);
  onTestFinished(() => proxy.weigh(0));
  const client = session();
  for (let block = 0; block < 2; block++) {
    const bodies = await Promise.all(Array.from({ length: 100 }, () => ask(client)));
    expect(bodies.filter(({ body }) => body === 'canary').length).toBe(25);
  }
});

test('a canary that refuses connections is a 502 on its stream only, counted against it', async () => {
  const stable = await startAnswering('stable');
  await proxy.aim({ stable: stable.origin, canary: await deadOrigin() });
  await proxy.weigh(50);
  onTestFinished(() => proxy.weigh(0));
  const before = await count(502, 'canary');
  const client = session();
  const replies = await Promise.all(Array.from({ length: 100 }, () => ask(client)));
  expect(replies.filter(({ headers }) => Number(headers[':status']) === 502).length).toBe(50);
  expect((await count(502, 'canary')) - before).toBe(50);
});

test('an answer that the backend breaks off is an error for the user', async () => {
  const breaking = await startUpstream((_request, response) => {
    response.write('half', () => response.destroy());
  });
  await proxy.aim({ stable: breaking.origin });
  await expect(ask(session())).rejects.toThrow(/INTERNAL_ERROR/);
});

test('a user that takes a request back ends it at the backend, and counts as 499', async () => {
  let left = false;
  const upstream = await startUpstream((_request, response) => {
    response.write('begun');
    response.on('close', () => {
      left = true;
    });
  });
  await proxy.aim({ stable: upstream.origin });
  const before = await count(499);
  const stream = session().request({ ':path': '/' });
  stream.on('error', () => {});
  await new Promise((resolve) => stream.once('response', resolve));
  stream.close(constants.NGHTTP2_CANCEL);
  await eventually(() => left);
  await eventually(async () => (await count(499)) - before === 1);
});

test('the drain ends the streams of the canary, the connection and other streams go on', async () => {
  const streaming = (text: string) => startUpstream((_request, response) => void response.write(text));
  const [stable, canary] = [await streaming('stable'), await streaming('canary')];
  await proxy.aim({ stable: stable.origin, canary: canary.origin });
  const client = session();
  const open = async () => {
    const stream = client.request({ ':path': '/' });
    let ended = false;
    stream
      .on('error', () => {})
      .on('close', () => {
        ended = true;
      });
    await new Promise((resolve) => stream.once('data', resolve));
    return () => ended;
  };
  const staying = await open();
  await proxy.weigh(100);
  const going = await open();
  await proxy.weigh(0);
  expect(must(await proxy.router.closeStreams(1))).toBe(1);
  await eventually(going);
  expect(staying()).toBe(false);
  expect(client.closed).toBe(false);
});

test('a stop lets open streams end, takes no new ones, and says so', async () => {
  const stopped = await startTestProxy();
  let finish = () => {};
  const upstream = await startUpstream((_request, response) => {
    response.write('begun');
    finish = () => void response.end(' and finished');
  });
  await stopped.aim({ stable: upstream.origin });
  const client = connect(stopped.origin());
  onTestFinished(() => client.destroy());
  const reply = ask(client);
  await eventually(() => upstream.seen.length === 1);
  const gone = new Promise((resolve) => client.once('goaway', resolve));
  const ended = stopped.process().end('SIGTERM');
  await gone;
  finish();
  expect((await reply).body).toBe('begun and finished');
  expect(await ended).toBe(0);
});
