/** The PROXY protocol's header, versions 1 and 2: who connected to the load balancer in front (haproxy's doc/proxy-protocol.txt). */
import { isIP } from 'node:net';

export interface Source {
  readonly address: string;
  readonly port: number;
}

export type ProxyHeader =
  /** So far it may become one. */
  | { readonly kind: 'more' }
  /** `source` null: the load balancer speaks for itself (a health check), or does not know. */
  | { readonly kind: 'header'; readonly bytes: number; readonly source: Source | null }
  | { readonly kind: 'none' };

const none: ProxyHeader = { kind: 'none' };
const more: ProxyHeader = { kind: 'more' };

const signature = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
const textStart = Buffer.from('PROXY ', 'latin1');

/** Longest line of version 1, its end included. */
const textBytes = 107;

/** Of version 2 after its fixed part: addresses and what load balancers add, with room to spare. */
const blockBytes = 4_096;

/** What the first bytes of a connection are. */
export function readProxyHeader(bytes: Buffer): ProxyHeader {
  if (startsLike(bytes, signature)) return bytes.length < 16 ? more : readBlock(bytes);
  if (startsLike(bytes, textStart)) return bytes.length < textStart.length ? more : readLine(bytes);
  return none;
}

/** As far as both go. */
function startsLike(bytes: Buffer, start: Buffer): boolean {
  const length = Math.min(bytes.length, start.length);
  return bytes.subarray(0, length).equals(start.subarray(0, length));
}

function readLine(bytes: Buffer): ProxyHeader {
  const end = bytes.subarray(0, textBytes).indexOf('\r\n');
  if (end < 0) return bytes.length < textBytes ? more : none;
  const line = bytes.toString('latin1', 0, end);
  const length = end + 2;
  if (/^PROXY UNKNOWN( |$)/.test(line)) return { kind: 'header', bytes: length, source: null };
  const [, family, address = '', to = '', port, toPort] =
    /^PROXY TCP([46]) (\S+) (\S+) (\d{1,5}) (\d{1,5})$/.exec(line) ?? [];
  const isSound = isIP(address) === Number(family) && isIP(to) === Number(family);
  if (!isSound || Number(port) > 65_535 || Number(toPort) > 65_535) return none;
  return { kind: 'header', bytes: length, source: { address, port: Number(port) } };
}

/** Bytes of the addresses by family: over TCP, the others tell nothing that is of use here. */
const addressBytes: Readonly<Record<number, number>> = { 0x11: 12, 0x21: 36 };

function readBlock(bytes: Buffer): ProxyHeader {
  const [version, command] = [bytes.readUInt8(12) >> 4, bytes.readUInt8(12) & 0x0f];
  const length = bytes.readUInt16BE(14);
  if (version !== 2 || command > 1 || length > blockBytes) return none;
  const family = bytes.readUInt8(13);
  const needed = addressBytes[family];
  if (command === 1 && needed !== undefined && length < needed) return none;
  if (bytes.length < 16 + length) return more;
  if (command === 0 || needed === undefined) return { kind: 'header', bytes: 16 + length, source: null };
  const source = family === 0x11 ? addressOfFour(bytes) : addressOfSix(bytes);
  return { kind: 'header', bytes: 16 + length, source };
}

const addressOfFour = (bytes: Buffer): Source => ({
  address: [...bytes.subarray(16, 20)].join('.'),
  port: bytes.readUInt16BE(24),
});

const addressOfSix = (bytes: Buffer): Source => {
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(16 + 2 * index).toString(16));
  return { address: new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1), port: bytes.readUInt16BE(48) };
};
