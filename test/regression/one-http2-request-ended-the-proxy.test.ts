/** Fields that HTTP/2 knows once only, sent twice or out of place by a user or a backend, were thrown inside the proxy and ended it. */
import { type ClientHttp2Session, connect, createServer, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { responseHeaders } from '../../src/router/proxy/headers.ts';
import { suiteEnd } from '../support/at-end.ts';
import { echoing, startGrpcBackend } from '../support/grpc-backend.ts';
import { startTestProxy, type TestProxy } from '../support/proxy.ts';
import { startUpstream } from '../support/upstream.ts';

const atEnd = suiteEnd();
let proxy: TestProxy;

const lenient = { strictSingleValueFields: false, settings: {} };

beforeAll(async () => {
  proxy = await startTestProxy({ atEnd, settings: { grpc: 'pass' } });
});

function session(): ClientHttp2Session {
  const client = connect(proxy.origin(), lenient);
  client.on('error', () => {});
  onTestFinished(() => client.destroy());
  return client;
}

interface Answer {
  readonly raw: readonly string[];
  readonly trailers: object;
}

const ask = (path: string, fields: readonly string[]): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const method = fields.length > 0 ? 'POST' : 'GET';
    const head = [':method', method, ':scheme', 'http', ':path', path, ':authority', 'shop.test', ...fields];
    const stream = session().request(head, { endStream: true });
    let raw: readonly string[] = [];
    let trailers = {};
    stream.on('response', (_headers, _flags, rawHeaders) => {
      raw = rawHeaders;
    });
    stream.on('trailers', (got) => {
      trailers = got;
    });
    stream.on('error', reject).on('close', () => resolve({ raw, trailers }));
    stream.resume();
  });

const grpc = ['content-type', 'application/grpc'];

const rawOf = ({ raw }: Answer, name: string) => raw.filter((_value, at) => at % 2 === 1 && raw[at - 1] === name);

async function startDoubling(fields: readonly string[]): Promise<string> {
  const server = createServer({ strictSingleValueFields: false });
  server.on('stream', (stream: ServerHttp2Stream) => {
    stream.respond([':status', '200', ...fields, 'grpc-status', '0'], { endStream: true });
  });
  await new Promise<undefined>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(undefined));
  });
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test.each([
  ['two user agents', ['user-agent', 'a', 'user-agent', 'b']],
  ['two content types', ['content-type', 'application/grpc']],
])('a gRPC call with %s is answered, and so is the next', async (_name, fields) => {
  const backend = await startGrpcBackend(echoing());
  await proxy.aim({ stable: backend.origin });
  for (let call = 0; call < 2; call++)
    expect(rawOf(await ask('/shop.Cart/Add', [...grpc, ...fields]), ':status')).toHaveLength(1);
});

test.each(['date', 'content-type'])('a gRPC answer with %s twice reaches the user', async (name) => {
  await proxy.aim({ stable: await startDoubling([...grpc, name, 'one', name, 'two']) });
  const answer = await ask('/shop.Cart/Add', grpc);
  expect(rawOf(answer, ':status')).toEqual(['200']);
  expect(rawOf(answer, 'grpc-status')).toEqual(['0']);
});

test.each(['x-content-type-options', 'etag', 'date'])(
  'an answer with %s twice reaches a user of HTTP/2',
  async (name) => {
    const upstream = await startUpstream((_incoming, response) => {
      response.writeHead(200, [name, 'one', name, 'two']);
      response.end('whole');
    });
    await proxy.aim({ stable: upstream.origin });
    const answer = await ask('/', []);
    expect(rawOf(answer, ':status')).toEqual(['200']);
    expect(rawOf(answer, name)).toEqual(['one', 'two']);
  },
);

test.each(['Keep-Alive', 'Connection', 'Transfer-Encoding'])('a trailer %s ends here', async (name) => {
  const upstream = await startUpstream((_incoming, response) => {
    response.socket?.end(
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n${name}: x\r\nX-Sum: 1\r\n\r\n`,
    );
  });
  await proxy.aim({ stable: upstream.origin });
  expect((await ask('/', [])).trailers).toEqual(expect.objectContaining({ 'x-sum': '1' }));
});

test('what HTTP/2 forbids in an answer ends here', () => {
  expect(responseHeaders(['HTTP2-Settings', 'x', 'TE', 'gzip', 'ETag', 'a'], undefined)).toEqual([
    'ETag',
    'a',
    'via',
    '1.1 sluice',
  ]);
});
