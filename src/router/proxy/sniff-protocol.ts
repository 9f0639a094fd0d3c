/** Tells by a connection's first bytes what is spoken on it, and leaves them where they were. */
import type { Socket } from 'node:net';

export type FrontProtocol = 'http1' | 'http2';

/** With prior knowledge a client begins with `PRI`, which no method of HTTP/1 does (RFC 9113 section 3.4). */
const http2Begins = Buffer.from('PRI');

/** A connection that says nothing in time, or ends before it has, is closed. `decided` gets it paused. */
export function sniffProtocol(socket: Socket, withinMs: number, decided: (protocol: FrontProtocol) => void): void {
  let begun: Buffer | null = null;
  const giveUp = () => socket.destroy();
  const look = (chunk: Buffer) => {
    begun = begun === null ? chunk : Buffer.concat([begun, chunk]);
    const protocol = protocolOf(begun);
    if (protocol === null) return;
    socket.off('data', look).off('error', giveUp).off('end', giveUp).off('timeout', giveUp);
    socket.setTimeout(0);
    socket.pause();
    socket.unshift(begun);
    decided(protocol);
  };
  socket.on('data', look).on('error', giveUp).on('end', giveUp).on('timeout', giveUp);
  socket.setTimeout(withinMs);
}

/** Null: it takes more bytes to tell. */
function protocolOf(bytes: Buffer): FrontProtocol | null {
  const length = Math.min(http2Begins.length, bytes.length);
  if (http2Begins.compare(bytes, 0, length, 0, length) !== 0) return 'http1';
  return bytes.length >= http2Begins.length ? 'http2' : null;
}
