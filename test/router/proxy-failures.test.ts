/** Exchanges that end badly: on the backend's side, on the user's, or by the drain; each seen by the user and counted once. */
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
import { type AddressInfo, connect, createServer } from 'node:net';
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
  proxy = await startTestProxy({ atEnd, settings: { timeouts: { responseMs: 300, connectMs: 300 } } });
});

const requests = (backend: string, code: number) =>
  proxy.metric(`sluice_proxy_requests_total{backend="${backend}",revision="${backend}-rev",code="${code}"}`);

/** All traffic to a canary at this address, until the test ends. */
const onCanary = async (origin: string): Promise<void> => {
  const stable = await startAnswering('stable', atEnd);
  await proxy.aim({ stable: stable.origin, canary: origin });
  await proxy.weigh(100);
  onTestFinished(() => proxy.weigh(0));
};

/** Connections that stay until the test ends. */
const kept = (): Agent => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  return agent;
};

const head = (sent: ClientRequest): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => sent.on('response', resolve).on('error', reject));

test('a canary that refuses connections is a 502 for the user, counted against the canary, and stable sees nothing of it', async () => {
  const stable = await startAnswering('stable');
  await proxy.aim({ stable: stable.origin, canary: await deadOrigin() });
  await proxy.weigh(25);
  onTestFinished(() => proxy.weigh(0));
  const before = await requests('canary', 502);
  const statuses: number[] = [];
  for (let round = 0; round < 100; round++)
    statuses.push((await call(proxy.origin(), { method: 'POST', body: 'x' })).status);
  expect(statuses.filter((status) => status === 502).length).toBe(25);
  expect((await requests('canary', 502)) - before).toBe(25);
  expect(stable.seen.length).toBe(75);
  const reason =
    'sluice_proxy_upstream_failures_total{backend="canary",revision="canary-rev",reason="connection_refused"}';
  expect(await proxy.metric(reason)).toBeGreaterThanOrEqual(25);
});

test('a canary that does not answer is a 504', async () => {
  const hanging = await startUpstream((request) => request.resume());
  await onCanary(hanging.origin);
  const before = await requests('canary', 504);
  expect((await call(proxy.origin())).status).toBe(504);
  expect((await requests('canary', 504)) - before).toBe(1);
});

test('a canary that can not be connected to in time is a 504', async () => {
  const mute = createServer(() => {});
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void mute.close());
  await onCanary(`https://127.0.0.1:${(mute.address() as AddressInfo).port}`);
  expect((await call(proxy.origin())).status).toBe(504);
  const reason =
    'sluice_proxy_upstream_failures_total{backend="canary",revision="canary-rev",reason="connect_timeout"}';
  expect(await proxy.metric(reason)).toBe(1);
});

test('an answer that the backend breaks off breaks off for the user, and counts as 502', async () => {
  const breaking = await startUpstream((_request, response) => {
    response.writeHead(200, { 'content-length': 100 });
    response.write('half', () => response.destroy());
  });
  await onCanary(breaking.origin);
  const before = await requests('canary', 502);
  await expect(call(proxy.origin())).rejects.toThrow(/aborted|hang up|ECONNRESET/);
  await eventually(async () => (await requests('canary', 502)) - before === 1);
});

test('an answer without a length that breaks off does not look complete', async () => {
  const breaking = await startUpstream((_request, response) => {
    response.write('half', () => response.destroy());
  });
  await onCanary(breaking.origin);
  await expect(call(proxy.origin(), { agent: kept() })).rejects.toThrow(/aborted|hang up|ECONNRESET/);
});

test('a user that leaves ends the request at the backend, and counts as 499', async () => {
  let left = false;
  const upstream = await startUpstream((_request, response) => {
    response.write('begun');
    response.on('close', () => {
      left = true;
    });
  });
  await onCanary(upstream.origin);
  const before = await requests('canary', 499);
  const sent = request(proxy.origin(), { agent: new Agent() });
  sent.on('error', () => {});
  sent.end();
  await head(sent);
  expect(await proxy.metric('sluice_proxy_open_requests{backend="canary"}')).toBe(1);
  sent.destroy();
  await eventually(() => left);
  expect((await requests('canary', 499)) - before).toBe(1);
  expect(await proxy.metric('sluice_proxy_open_requests{backend="canary"}')).toBe(0);
});

test('a user that leaves with requests behind the one that is answered leaves none of them open', async () => {
  const upstream = await startUpstream((request) => request.resume());
  await proxy.aim({ stable: upstream.origin });
  const socket = connect(Number(new URL(proxy.origin()).port), '127.0.0.1');
  socket.write('GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n');
  await eventually(() => upstream.seen.length === 2);
  socket.destroy();
  await eventually(async () => (await proxy.metric('sluice_proxy_open_requests{backend="stable"}')) === 0);
});

test('a user that leaves in the middle of a body leaves no half request for a whole one', async () => {
  let outcome = '';
  const upstream = await startUpstream((incoming) => {
    incoming.on('data', () => {
      outcome ||= 'begun';
    });
    incoming.on('end', () => {
      outcome = 'ended';
    });
    incoming.on('error', () => {
      outcome = 'aborted';
    });
  });
  await proxy.aim({ stable: upstream.origin });
  const sent = request(proxy.origin(), { agent: new Agent(), method: 'POST' });
  sent.on('error', () => {});
  sent.write('half');
  await eventually(() => outcome === 'begun');
  sent.destroy();
  await eventually(() => outcome === 'aborted');
});

test('an answer before the end of the body reaches a user that is still sending, on a connection that stays', async () => {
  const upstream = await startUpstream((_request, response) => {
    response.writeHead(413);
    response.end('too much');
  });
  await proxy.aim({ stable: upstream.origin });
  const agent = kept();
  const body = Buffer.alloc(8 * megabyte);
  const first = await call(proxy.origin(), { agent, method: 'POST', body });
  expect(first).toMatchObject({ status: 413, body: 'too much' });
  const second = await call(proxy.origin(), { agent, method: 'POST', body });
  expect(second.status).toBe(413);
});

test('the drain ends the open streams of the canary and no others', async () => {
  const streaming = (text: string) => startUpstream((_request, response) => void response.write(text));
  const [stable, canary] = [await streaming('stable'), await streaming('canary')];
  await proxy.aim({ stable: stable.origin, canary: canary.origin });
  await proxy.weigh(50);
  const open: { readonly response: IncomingMessage; readonly backend: string; ended: boolean }[] = [];
  for (let round = 0; round < 100; round++) {
    const sent = request(proxy.origin(), { agent: new Agent() });
    sent.on('error', () => {});
    sent.end();
    const response = await head(sent);
    const backend = await new Promise<string>((resolve) =>
      response.once('data', (chunk: Buffer) => resolve(chunk.toString())),
    );
    const stream = { response, backend, ended: false };
    response
      .on('error', () => {})
      .on('close', () => {
        stream.ended = true;
      });
    open.push(stream);
  }
  await proxy.weigh(0);
  expect(must(await proxy.router.observe()).canaryInFlight).toBe(50);
  expect(must(await proxy.router.closeStreams(1))).toBe(50);
  await eventually(() => open.every((stream) => stream.ended === (stream.backend === 'canary')));
  expect(must(await proxy.router.observe()).canaryInFlight).toBe(0);
  await eventually(async () => (await canary.connections()) === 0);
  for (const { response } of open) response.destroy();
});

test('the drain also ends what the revision has open as a stable that was taken back', async () => {
  const [old, renewed] = [
    await startAnswering('old'),
    await startUpstream((_request, response) => void response.write('new')),
  ];
  must(await proxy.backends.point({ backend: 'canary', revision: 'v2', endpoints: [renewed.origin], epoch: 1 }));
  must(await proxy.backends.point({ backend: 'stable', revision: 'v2', endpoints: [renewed.origin], epoch: 1 }));
  const sent = request(proxy.origin(), { agent: new Agent() });
  sent.on('error', () => {});
  sent.end();
  await head(sent);
  expect(must(await proxy.router.observe()).canaryInFlight).toBe(0);
  must(await proxy.backends.point({ backend: 'stable', revision: 'v1', endpoints: [old.origin], epoch: 1 }));
  expect(must(await proxy.router.closeStreams(1))).toBe(1);
  await eventually(async () => (await renewed.connections()) === 0);
});
