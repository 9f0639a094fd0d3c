/** gRPC calls of a test, by node's own HTTP/2. */
import { type ClientHttp2Session, type ClientHttp2Stream, connect, type IncomingHttpHeaders } from 'node:http2';
import { type AtEnd, atTestEnd } from './at-end.ts';
import { grpcMessage } from './grpc-backend.ts';

export interface Call {
  readonly stream: ClientHttp2Stream;
  head: IncomingHttpHeaders;
  trailers: IncomingHttpHeaders;
  received: string;
  /** With the code of a reset, if that was its end. */
  readonly ended: Promise<number>;
}

export const session = (origin: string, atEnd: AtEnd = atTestEnd): ClientHttp2Session => {
  const client = connect(origin);
  client.on('error', () => {});
  atEnd(() => client.destroy());
  return client;
};

export const begin = (client: ClientHttp2Session, fields: Readonly<Record<string, string>> = {}): Call => {
  const stream = client.request({
    ':method': 'POST',
    ':path': '/shop.Cart/Add',
    ':authority': 'shop.test',
    'content-type': 'application/grpc',
    te: 'trailers',
    ...fields,
  });
  const call: Call = {
    stream,
    head: {},
    trailers: {},
    received: '',
    ended: new Promise((resolve) => stream.once('close', () => resolve(stream.rstCode))),
  };
  stream.on('response', (head) => {
    call.head = head;
  });
  stream.on('trailers', (trailers: IncomingHttpHeaders) => {
    call.trailers = trailers;
  });
  stream.on('data', (chunk: Buffer) => {
    call.received += chunk.toString();
  });
  stream.on('error', () => {});
  return call;
};

export const unary = async (client: ClientHttp2Session): Promise<Call> => {
  const call = begin(client);
  call.stream.end(grpcMessage('hi'));
  await call.ended;
  return call;
};
