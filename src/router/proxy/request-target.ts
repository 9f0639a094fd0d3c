/** Whether a request can be passed on, and to which path; the rest is refused before it costs a backend anything. */
import type { IncomingMessage } from 'node:http';
import type { ProxySettings } from './settings.ts';

type RefusalCode = 400 | 413 | 415 | 417 | 431 | 501;

export interface Refusal {
  readonly kind: 'refuse';
  readonly code: RefusalCode;
  readonly reason: string;
  readonly message: string;
}

export type RequestTarget =
  | {
      readonly kind: 'pass';
      readonly path: string /** From an absolute target; null: the Host header counts. */;
      readonly host: string | null;
    }
  | Refusal;

const refuse = (code: RefusalCode, reason: string, message: string): Refusal => ({
  kind: 'refuse',
  code,
  reason,
  message,
});

/** RFC 9110 section 10.1.1 knows one expectation. */
export const unmetExpectation = refuse(417, 'expectation', 'This proxy meets no expectation but 100-continue.');

/** Instances of HTTP/1.1 would be accused of what anybody can send them: `grpc: off`. */
export const unspokenGrpc = refuse(415, 'grpc', 'This service takes no gRPC calls.');

/** And those of gRPC: `grpc: only`. */
export const unspokenHttp = refuse(415, 'not_grpc', 'This service takes gRPC calls only.');

export function targetOf(request: IncomingMessage, limits: ProxySettings['limits']): RequestTarget {
  const { url = '', headers, rawHeaders } = request;
  const refused = badFraming(request) ?? tooLarge(request, limits) ?? badHost(headers.host, rawHeaders);
  if (refused !== null) return refused;
  if (url.startsWith('/')) return { kind: 'pass', path: url, host: null };
  return absoluteTarget(url, headers.host);
}

/** What this proxy and a backend could read as two different lengths. */
function badFraming({ headers, httpVersion }: IncomingMessage): Refusal | null {
  // A request line without a version is one of HTTP/0.9, which has no header fields to frame anything.
  if (httpVersion !== '1.1' && httpVersion !== '1.0') return refuse(400, 'version', 'This proxy speaks HTTP/1.1.');
  const coding = headers['transfer-encoding'];
  if (coding === undefined) return null;
  if (coding.toLowerCase() !== 'chunked') {
    return refuse(501, 'transfer_encoding', 'This proxy knows no transfer coding but chunked.');
  }
  return httpVersion === '1.1' ? null : refuse(400, 'transfer_encoding', 'HTTP/1.0 has no transfer codings.');
}

function tooLarge({ headers, rawHeaders }: IncomingMessage, limits: ProxySettings['limits']): Refusal | null {
  if (rawHeaders.length > 2 * limits.headers) {
    return refuse(431, 'headers', `The request has more than ${limits.headers} header fields.`);
  }
  if (limits.bodyBytes === null || Number(headers['content-length'] ?? 0) <= limits.bodyBytes) return null;
  return refuse(413, 'body_too_large', `The request has more than ${limits.bodyBytes} bytes.`);
}

/** RFC 3986: a registered name, an address, or an IPv6 address in brackets, and a port. */
const hostForm = /^(?:[\w.~!$&'()*+,;=%-]*|\[[0-9a-fA-F:.]+\])(?::\d*)?$/;

function badHost(host: string | undefined, rawHeaders: readonly string[]): Refusal | null {
  if (host !== undefined && !hostForm.test(host)) return refuse(400, 'host', 'The Host header names no host.');
  return hasTwoHosts(rawHeaders) ? refuse(400, 'host', 'The request has more than one Host header.') : null;
}

/** RFC 9112 section 3.2.2: a server accepts the absolute form. Where its host and the header disagree, who is meant is anybody's guess. */
function absoluteTarget(url: string, header: string | undefined): RequestTarget {
  const parsed = /^http:\/\//i.test(url) && URL.canParse(url) ? new URL(url) : null;
  if (parsed === null) return refuse(400, 'target', 'The request target is neither a path nor an http URL.');
  if (parsed.username !== '' || parsed.password !== '')
    return refuse(400, 'target', 'The request target holds credentials.');
  if (header !== undefined && hostOf(header) !== parsed.host) {
    return refuse(400, 'host', 'The request target and the Host header name different hosts.');
  }
  return { kind: 'pass', path: `${parsed.pathname}${parsed.search}`, host: parsed.host };
}

/** As a URL has it: in small letters, without the usual port. */
function hostOf(header: string): string | null {
  const url = `http://${header}`;
  return URL.canParse(url) ? new URL(url).host : null;
}

function hasTwoHosts(rawHeaders: readonly string[]): boolean {
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string;
    if (name.length === 4 && name.toLowerCase() === 'host') hosts++;
  }
  return hosts > 1;
}
