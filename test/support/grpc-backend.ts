/** A backend that speaks HTTP/2 without TLS, as gRPC servers do; what it answers is the test's. */
import { createServer, type IncomingHttpHeaders, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { type AtEnd, atTestEnd } from './at-end.ts';

export interface GrpcBackend {
  readonly origin: string;
  /** Heads of the calls, in order. */
  readonly seen: readonly IncomingHttpHeaders[];
  readonly sessions: ReadonlySet<ServerHttp2Session>;
}

export interface GrpcBackendOptions {
  readonly maxConcurrentStreams?: number;
  readonly atEnd?: AtEnd;
}

export async function startGrpcBackend(
  answer: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void,
  { maxConcurrentStreams = 100, atEnd = atTestEnd }: GrpcBackendOptions = {},
): Promise<GrpcBackend> {
  const seen: IncomingHttpHeaders[] = [];
  const sessions = new Set<ServerHttp2Session>();
  const server = createServer({ settings: { maxConcurrentStreams } });
  server.on('session', (session) => {
    sessions.add(session);
    session.on('error', () => {}).on('close', () => sessions.delete(session));
  });
  server.on('stream', (stream, headers) => {
    seen.push(headers);
    stream.on('error', () => {});
    answer(stream, headers);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen, sessions };
}

const head = { ':status': 200, 'content-type': 'application/grpc' };

/** Sends every message back, and ends with this status. */
export const echoing =
  (status = 0) =>
  (stream: ServerHttp2Stream): void => {
    stream.respond(head, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': status, 'x-trace': 'kept' }));
    stream.pipe(stream);
  };

/** Status without a message: in the head. */
export const refusing =
  (status: number) =>
  (stream: ServerHttp2Stream): void =>
    stream.respond({ ...head, 'grpc-status': status, 'grpc-message': 'no' }, { endStream: true });

/** A message as it goes over the wire: not compressed, its length, its bytes. */
export function grpcMessage(text: string): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(Buffer.byteLength(text), 1);
  return Buffer.concat([prefix, Buffer.from(text)]);
}
