/** A gRPC call that came over HTTP/2: checked like any request, dealt by the same split, and given to a backend over HTTP/2. */
import type { IncomingMessage } from 'node:http';
import { GrpcExchange } from './grpc-exchange.ts';
import { requestHeaders } from './headers.ts';
import { asHttp1, type Http2Arrival } from './http2-messages.ts';
import type { FrontOptions } from './proxy-front.ts';
import { targetOf } from './request-target.ts';

export function acceptGrpc({ choose, clients, refused, settings }: FrontOptions, arrival: Http2Arrival): void {
  const { stream, socket, headers, ended } = arrival;
  // As much of a request as the checks and the fields' rules look at.
  const request = {
    ...asHttp1(arrival),
    method: headers[':method'],
    url: headers[':path'],
    httpVersion: '1.1',
    socket,
  } as unknown as IncomingMessage;
  const target = targetOf(request, settings().limits);
  if (target.kind === 'refuse') {
    refused(target.reason);
    stream.respond({ ':status': target.code }, { endStream: true });
    return;
  }
  const { path, host } = target;
  const { lane } = choose(request);
  const fields = requestHeaders(request, { host, client: clients.of(socket) });
  const head = [...pseudo(request.method ?? 'POST', path), ...lowered(fields), 'te', 'trailers'];
  const timeout = headers['grpc-timeout'];
  new GrpcExchange({ stream, lane, head, body: ended ? 'none' : 'follows', timeout }).start();
}

const pseudo = (method: string, path: string): readonly string[] => [
  ':method',
  method,
  ':scheme',
  'http',
  ':path',
  path,
];

/** Names as HTTP/2 has them; the host is the authority. */
function lowered(fields: readonly string[]): string[] {
  const passed: string[] = [];
  for (let at = 0; at < fields.length; at += 2) {
    const name = (fields[at] as string).toLowerCase();
    const value = fields[at + 1] as string;
    if (name === 'host') passed.unshift(':authority', value);
    else passed.push(name, value);
  }
  return passed;
}
