/** A gRPC call that came over HTTP/2: checked like any request, dealt by the same split, and given to a backend over HTTP/2. */
import type { IncomingMessage } from 'node:http';
import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import { GrpcExchange } from './grpc-exchange.ts';
import { isGrpc } from './grpc-status.ts';
import { requestHeaders } from './headers.ts';
import { asHttp1, type Http2Arrival } from './http2-messages.ts';
import type { FrontOptions } from './proxy-front.ts';
import { type Refusal, targetOf, unspokenGrpc } from './request-target.ts';

/** A call is a POST (the protocol knows no other); anything else is a request of HTTP, whatever it says it holds. */
export const isGrpcCall = (headers: IncomingHttpHeaders): boolean =>
  headers[':method'] === 'POST' && isGrpc(headers['content-type']);

export function acceptGrpc({ choose, clients, log, refused, settings }: FrontOptions, arrival: Http2Arrival): void {
  const { stream, socket, headers, ended } = arrival;
  // As much of a request as the checks, the fields' rules and the log look at.
  const request = {
    ...asHttp1(arrival),
    method: headers[':method'],
    url: headers[':path'],
    httpVersion: '1.1',
    socket,
    stream,
  } as unknown as IncomingMessage;
  const inForce = settings();
  const target = inForce.grpc === 'off' ? unspokenGrpc : targetOf(request, inForce.limits);
  if (target.kind === 'refuse') {
    refused(target.reason);
    return refuse(stream, target);
  }
  const { path, host } = target;
  const { lane } = choose(request);
  const client = clients.of(socket);
  const fields = requestHeaders(request, { host, client });
  const head = [...pseudo(path), ...lowered(fields), 'te', 'trailers'];
  const body = ended ? 'none' : 'follows';
  new GrpcExchange({ request, stream, client, lane, head, body, log, settings: inForce }).start();
}

/** And reads nothing of what may follow. */
function refuse(stream: ServerHttp2Stream, { code, message }: Refusal): void {
  stream.respond({ ':status': code, 'content-type': 'text/plain; charset=utf-8' });
  stream.end(`${message}\n`, () => stream.close(constants.NGHTTP2_NO_ERROR));
}

const pseudo = (path: string): readonly string[] => [':method', 'POST', ':scheme', 'http', ':path', path];

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
