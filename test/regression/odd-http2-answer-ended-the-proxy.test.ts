/** An instance whose answer node would not pass on (a status of 999, a trailer named http2-settings) ended the whole proxy. */
import { type AddressInfo, createServer } from 'node:net';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { suiteEnd } from '../support/at-end.ts';
import { session, unary } from '../support/grpc-calls.ts';
import { endHeaders, endStream, field, frame, framesIn, preface } from '../support/http2-frames.ts';
import { isAlive } from '../support/process.ts';
import { startTestProxy, type TestProxy } from '../support/proxy.ts';

const atEnd = suiteEnd();
let proxy: TestProxy;

beforeAll(async () => {
  proxy = await startTestProxy({ atEnd, settings: { grpc: 'pass' } });
});

/** Answers every call with these bytes. */
async function answering(answer: (stream: number) => Buffer): Promise<string> {
  const server = createServer((socket) => {
    let seen = Buffer.alloc(0);
    socket.on('error', () => {}).write(frame('settings'));
    socket.on('data', (chunk: Buffer) => {
      seen = Buffer.concat([seen, chunk]);
      const head = framesIn(seen.subarray(preface.length)).find(({ type }) => type === 1);
      if (head === undefined) return;
      seen = preface;
      socket.write(answer(head.stream));
    });
    onTestFinished(() => void socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const grpcHead = [field(':status', '200'), field('content-type', 'application/grpc')];

const head = (stream: number, flags: number, ...fields: readonly Buffer[]): Buffer =>
  frame('headers', { flags: endHeaders + flags, stream, payload: Buffer.concat(fields) });

const answers: readonly (readonly [string, (stream: number) => Buffer, string])[] = [
  ['a status beyond all classes', (stream) => head(stream, endStream, field(':status', '999')), '14'],
  ['a status beyond all classes, and more to come', (stream) => head(stream, 0, field(':status', '600')), '14'],
  [
    'a field of the connection in the trailers',
    (stream) =>
      Buffer.concat([
        head(stream, 0, ...grpcHead),
        head(stream, endStream, field('grpc-status', '0'), field('http2-settings', 'AAAA')),
      ]),
    '0',
  ],
  [
    'a field of the connection in the head',
    (stream) => head(stream, endStream, ...grpcHead, field('grpc-status', '5'), field('http2-settings', 'AAAA')),
    '5',
  ],
  ['a status that no body goes with', (stream) => head(stream, 0, field(':status', '204')), ''],
  ['a status twice', (stream) => head(stream, 0, field(':status', '200'), field(':status', '200')), '14'],
  ['trailers first', (stream) => head(stream, endStream, field('grpc-status', '0')), '14'],
];

test.each(answers)('%s', async (_name, answer, status) => {
  await proxy.aim({ stable: await answering(answer) });
  const { head: told, trailers } = await unary(session(proxy.origin()));
  expect(trailers['grpc-status'] ?? told['grpc-status'] ?? '').toBe(status);
  expect(isAlive(proxy.process().pid)).toBe(true);
});
