/** Whether a request can be passed on, and to which path; the rest is refused before it costs a backend anything. */
import type { IncomingMessage } from 'node:http';

export type RequestTarget =
  | {
      readonly kind: 'pass';
      readonly path: string /** From an absolute target; null: the Host header counts. */;
      readonly host: string | null;
    }
  | { readonly kind: 'refuse'; readonly code: 400 | 501; readonly reason: string; readonly message: string };

const refuse = (code: 400 | 501, reason: string, message: string): RequestTarget => ({
  kind: 'refuse',
  code,
  reason,
  message,
});

export function targetOf({ url = '', headers, rawHeaders }: IncomingMessage): RequestTarget {
  const upgrade = headers.upgrade;
  // An offer of h2c may be ignored, and clients make it with every first request.
  if (upgrade !== undefined && upgrade.toLowerCase() !== 'h2c') {
    return refuse(501, 'upgrade', `This proxy does not switch protocols (Upgrade: ${upgrade}).`);
  }
  const coding = headers['transfer-encoding'];
  if (coding !== undefined && coding.toLowerCase() !== 'chunked') {
    return refuse(501, 'transfer_encoding', 'This proxy knows no transfer coding but chunked.');
  }
  if (hasTwoHosts(rawHeaders)) return refuse(400, 'host', 'The request has more than one Host header.');
  if (url.startsWith('/')) return { kind: 'pass', path: url, host: null };
  return absoluteTarget(url);
}

/** RFC 9112 section 3.2.2: a server accepts the absolute form, and its host wins over the header. */
function absoluteTarget(url: string): RequestTarget {
  const parsed = /^http:\/\//i.test(url) && URL.canParse(url) ? new URL(url) : null;
  if (parsed === null) return refuse(400, 'target', 'The request target is neither a path nor an http URL.');
  return { kind: 'pass', path: `${parsed.pathname}${parsed.search}`, host: parsed.host };
}

function hasTwoHosts(rawHeaders: readonly string[]): boolean {
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string;
    if (name.length === 4 && name.toLowerCase() === 'host') hosts++;
  }
  return hosts > 1;
}
