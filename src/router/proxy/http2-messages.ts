/** Requests and answers of HTTP/2 in the form that those of HTTP/1.1 have, so that both go the same way through the proxy. */
import {
  constants,
  Http2ServerRequest,
  Http2ServerResponse,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import type { Socket } from 'node:net';

export interface Http2Arrival {
  readonly stream: ServerHttp2Stream;
  /** Of the whole session. */
  readonly socket: Socket;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  /** The request ended with its head. */
  readonly ended: boolean;
}

interface Http1Head {
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: string[];
}

/** `:authority` as `host`, cookies in one field, no pseudo fields; a body of unknown length is said to be chunked. */
export function asHttp1({ headers, rawHeaders, ended }: Http2Arrival): Http1Head {
  const isOpenEnded = !ended && headers['content-length'] === undefined;
  const added: Readonly<Record<string, string>> = {
    ...(headers[':authority'] === undefined ? {} : { host: headers[':authority'] }),
    ...(headers.cookie === undefined ? {} : { cookie: headers.cookie }),
    ...(isOpenEnded ? { 'transfer-encoding': 'chunked' } : {}),
  };
  const raw = [...Object.entries(added).flat(), ...withoutReplaced(rawHeaders, added)];
  return { headers: { ...headers, ...added }, rawHeaders: raw };
}

export class Http2Request extends Http2ServerRequest {
  constructor(arrival: Http2Arrival) {
    const { headers, rawHeaders } = asHttp1(arrival);
    super(arrival.stream, headers, {}, rawHeaders);
    Object.defineProperties(this, { httpVersion: { value: '1.1' }, socket: { value: arrival.socket } });
  }
}

function withoutReplaced(rawHeaders: readonly string[], added: Readonly<Record<string, string>>): string[] {
  const kept: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string;
    if (!name.startsWith(':') && !(name in added)) kept.push(name, rawHeaders[at + 1] as string);
  }
  return kept;
}

type Fields = OutgoingHttpHeaders | readonly string[];

/** Has no reason phrase, and breaks off in a way that no user takes for an end. */
export class Http2Response extends Http2ServerResponse {
  /** A stream's end is its own; there is no connection to keep or to close. */
  shouldKeepAlive = false;

  constructor(stream: ServerHttp2Stream) {
    super(stream);
    // Node ends a stream that the user took back as if all of it had been written.
    Object.defineProperty(this, 'writableFinished', { get: () => wasTaken(stream) });
    // The answer is whole: what the user may still send, nobody reads (RFC 9113 section 8.1).
    stream.on('wantTrailers', () => {
      setImmediate(() => {
        if (!stream.readableEnded && !stream.destroyed) stream.close(constants.NGHTTP2_NO_ERROR);
      });
    });
  }

  override writeHead(code: number, phrase?: string | Fields, fields?: Fields): this {
    const given = typeof phrase === 'string' ? fields : phrase;
    return super.writeHead(code, given as OutgoingHttpHeaders);
  }

  override addTrailers(trailers: OutgoingHttpHeaders | readonly (readonly [string, string])[]): void {
    const pairs = Array.isArray(trailers) ? (trailers as readonly (readonly [string, string])[]) : null;
    super.addTrailers(pairs === null ? (trailers as OutgoingHttpHeaders) : Object.fromEntries(pairs));
  }

  override destroy(): this {
    this.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    return this;
  }
}

/** The user got all of it. */
export const wasTaken = (stream: ServerHttp2Stream): boolean =>
  stream.writableFinished && !stream.aborted && stream.rstCode === constants.NGHTTP2_NO_ERROR;
