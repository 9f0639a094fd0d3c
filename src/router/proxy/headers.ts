/** Which header fields pass the proxy: hop-by-hop ones end here, the proxy's own are added. */
import type { IncomingMessage } from 'node:http';
import type { Client } from './clients.ts';

/** RFC 9110 section 7.6.1; `Expect` is answered here, and trailers need no announcement (node refuses one where none can follow). */
const requestHop = new Set(
  'connection keep-alive proxy-connection proxy-authenticate proxy-authorization te trailer transfer-encoding upgrade expect http2-settings'.split(
    ' ',
  ),
);
const responseHop = new Set(
  'connection keep-alive proxy-connection proxy-authenticate trailer transfer-encoding upgrade http2-settings te'.split(
    ' ',
  ),
);

/** Never dropped for being listed in `Connection`: without them the message means another thing. */
const indispensable = new Set(['host', 'content-length']);

const viaUs = '1.1 sluice';

/** Field names that a `Connection` header lists; null for the usual ones that list none. */
function listedIn(connection: string | undefined): ReadonlySet<string> | null {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return null;
  const names = connection.split(',').map((name) => name.trim().toLowerCase());
  return new Set(names.filter((name) => !indispensable.has(name)));
}

/** What a load balancer says about the user: nobody else's word is passed on. */
const aboutUsers = /^(?:x-forwarded-.*|forwarded|x-real-ip)$/;

/** Gateways of CGI and WSGI read `_` as `-`: the same names, past everybody who looks for those. */
const twinOfThose = /^(?=.*_)x[-_](?:forwarded[-_].*|real[-_]ip)$/;

export interface Asked {
  /** Replaces the client's where the target named one. */
  readonly host: string | null;
  readonly client: Client;
}

/** Name and value in turn, as undici takes them. */
export function requestHeaders(request: IncomingMessage, { host, client }: Asked): string[] {
  const { rawHeaders } = request;
  const listed = listedIn(request.headers.connection);
  const passed: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string;
    const key = name.toLowerCase();
    if (requestHop.has(key) || key === 'x-forwarded-for' || listed?.has(key)) continue;
    if (!client.isTrusted && aboutUsers.test(key)) continue;
    if (key.includes('_') && twinOfThose.test(key)) continue;
    passed.push(name, key === 'host' && host !== null ? host : (rawHeaders[at + 1] as string));
  }
  addForwarded(passed, request, client);
  return passed;
}

/** The client's address is added to `X-Forwarded-For`; a scheme, host or port that a trusted proxy gave stays. */
function addForwarded(passed: string[], { headers, socket }: IncomingMessage, { address, isTrusted }: Client): void {
  const said = isTrusted ? headers : {};
  const path = said['x-forwarded-for'];
  passed.push('x-forwarded-for', path === undefined ? address : `${String(path)}, ${address}`);
  if (said['x-forwarded-proto'] === undefined) {
    passed.push('x-forwarded-proto', 'encrypted' in socket ? 'https' : 'http');
  }
  if (said['x-forwarded-host'] === undefined && headers.host !== undefined)
    passed.push('x-forwarded-host', headers.host);
  if (said['x-forwarded-port'] === undefined) passed.push('x-forwarded-port', String(socket.localPort));
  passed.push('via', viaUs);
}

/** Name and value in turn, as node takes them. */
export function responseHeaders(raw: readonly (Buffer | string)[], connection: string | undefined): string[] {
  return [...endToEnd(raw, connection), 'via', viaUs];
}

/** An answer's fields, or its trailers, without those that end here. */
export function endToEnd(raw: readonly (Buffer | string)[], connection: string | undefined): string[] {
  const listed = listedIn(connection);
  const passed: string[] = [];
  for (let at = 0; at < raw.length; at += 2) {
    const name = latin1(raw[at]);
    const key = name.toLowerCase();
    if (responseHop.has(key) || listed?.has(key)) continue;
    passed.push(name, latin1(raw[at + 1]));
  }
  return passed;
}

/** Trailers of an answer of HTTP/2, by their names. */
export const passableTrailers = <Value>(trailers: Readonly<Record<string, Value>>): Record<string, Value> =>
  Object.fromEntries(Object.entries(trailers).filter(([name]) => !responseHop.has(name)));

const latin1 = (text: Buffer | string | undefined): string =>
  typeof text === 'string' ? text : (text?.toString('latin1') ?? '');
