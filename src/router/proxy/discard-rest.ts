/** The rest of a body that nobody wants: read and dropped, so that the user gets to read the answer. */
import type { IncomingMessage } from 'node:http';

/** Whoever sends more than this after the answer will not read it. */
const mostBytes = 64 * 1024 * 1024;

export function discardRest(request: IncomingMessage): void {
  let left = mostBytes;
  request.unpipe();
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) request.socket.destroy();
  });
  request.resume();
}
