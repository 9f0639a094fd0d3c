/** Whether a request may switch protocols here, and to which: RFC 9110 section 7.8. */
import type { IncomingMessage } from 'node:http';

/** HTTP/2 is negotiated at the connection's start, TLS likewise: inside a tunnel both would pass uncounted. */
const neverPassed = /^(h2c|http|tls)(\/|$)/i;

/**
 * The protocols that are offered to the backend, as they stood; null: a request like any other. A server may ignore an
 * offer, and ignores those of HTTP/1.0, those without `Connection: upgrade`, and those with a body.
 */
export function offeredProtocols({ headers, httpVersion }: IncomingMessage): string | null {
  if (headers.upgrade === undefined || httpVersion === '1.0') return null;
  if (headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0') return null;
  const listed = (headers.connection ?? '').split(',').some((name) => name.trim().toLowerCase() === 'upgrade');
  const offered = protocolsIn(headers.upgrade).filter((protocol) => !neverPassed.test(protocol));
  return listed && offered.length > 0 ? offered.join(', ') : null;
}

/** A backend may switch to what was offered, and to nothing else. */
export function isOffered(offered: string, chosen: string | undefined): boolean {
  const known = new Set(protocolsIn(offered.toLowerCase()));
  const asked = protocolsIn((chosen ?? '').toLowerCase());
  return asked.length > 0 && asked.every((protocol) => known.has(protocol));
}

const protocolsIn = (list: string): readonly string[] =>
  list
    .split(',')
    .map((protocol) => protocol.trim())
    .filter((protocol) => protocol !== '');
