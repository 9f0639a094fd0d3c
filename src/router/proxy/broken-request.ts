/** The answer to what is no HTTP, or ambiguous, or too slow or too large a head: the connection ends, nobody's counters but the proxy's own move. */
import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

interface Fault {
  readonly reason: string;
  readonly status: string;
}

const faults: Readonly<Record<string, Fault>> = {
  HPE_HEADER_OVERFLOW: { reason: 'head_too_large', status: '431 Request Header Fields Too Large' },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: { reason: 'chunk_extensions', status: '413 Content Too Large' },
  ERR_HTTP_REQUEST_TIMEOUT: { reason: 'head_too_slow', status: '408 Request Timeout' },
};

const malformed: Fault = { reason: 'malformed', status: '400 Bad Request' };

export interface Broken {
  readonly error: NodeJS.ErrnoException;
  readonly socket: Duplex;
  /** To the last request that had a head; none: there was none. */
  readonly last: ServerResponse | undefined;
}

/** Answers the reason, for the count; null: the user's connection broke, which an exchange on it counts itself. */
export function answerBroken({ error, socket, last }: Broken): string | null {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return null;
  }
  const { reason, status } = faults[error.code ?? ''] ?? malformed;
  const say = (): void => sayOnSocket(socket, status);
  // Said earlier, these words would be taken for the answer to the request before.
  if (last !== undefined && last.req.complete && !last.closed) last.once('close', say);
  else if (last !== undefined && last.headersSent && !last.closed) socket.destroy();
  else say();
  return reason;
}

/** The last words on a connection. */
export function sayOnSocket(socket: Duplex, status: string): void {
  if (!socket.writable) return void socket.destroy();
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`, () => socket.destroy());
}
