/** In HTTP/2 an answer before the end of the upload counted as if the user had left, and a user who sent nothing more was waited for. */
import { type ClientHttp2Stream, connect } from 'node:http2';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { suiteEnd } from '../support/at-end.ts';
import { eventually } from '../support/eventually.ts';
import { startTestProxy, type TestProxy } from '../support/proxy.ts';
import { startUpstream } from '../support/upstream.ts';

const atEnd = suiteEnd();
let proxy: TestProxy;

beforeAll(async () => {
  proxy = await startTestProxy({ atEnd, settings: { timeouts: { clientMs: 300 } } });
});

const count = (code: number) =>
  proxy.metric(`sluice_proxy_requests_total{backend="stable",revision="stable-rev",code="${code}"}`);

/** Its body never ends. */
function upload(): ClientHttp2Stream {
  const client = connect(proxy.origin());
  onTestFinished(() => client.destroy());
  const stream = client.request({ ':method': 'POST', ':path': '/' });
  stream.on('error', () => {}).resume();
  stream.write('begun');
  return stream;
}

const statusOf = (stream: ClientHttp2Stream): Promise<unknown> =>
  new Promise((resolve) => stream.once('response', (headers) => resolve(headers[':status'])));

test('an answer before the end of the upload counts as what it is, and ends the upload', async () => {
  const upstream = await startUpstream((_incoming, response) => {
    response.writeHead(500, { connection: 'close' }).end('no');
  });
  await proxy.aim({ stable: upstream.origin });
  const before = await count(500);
  const stream = upload();
  expect(await statusOf(stream)).toBe(500);
  await eventually(() => stream.closed);
  await eventually(async () => (await count(500)) - before === 1);
});

test('a user who sends nothing more is answered 408', async () => {
  const upstream = await startUpstream((incoming) => void incoming.resume());
  await proxy.aim({ stable: upstream.origin });
  const before = await count(408);
  expect(await statusOf(upload())).toBe(408);
  await eventually(async () => (await count(408)) - before === 1);
});

test('a user who waits for a slow service is left alone', async () => {
  const upstream = await startUpstream((_incoming, response) => {
    response.write('a');
    setTimeout(() => response.end('b'), 1_000);
  });
  await proxy.aim({ stable: upstream.origin });
  const client = connect(proxy.origin());
  onTestFinished(() => client.destroy());
  const stream = client.request({ ':path': '/' });
  let body = '';
  for await (const piece of stream) body += String(piece);
  expect(body).toBe('ab');
});
