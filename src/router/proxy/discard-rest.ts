/** The rest of a body that nobody wants: read and dropped, so that the user gets to read the answer. */
import type { IncomingMessage } from 'node:http';
import { constants, Http2ServerRequest } from 'node:http2';

/** Whoever sends more than this after the answer will not read it. */
const mostBytes = 64 * 1024 * 1024;

export function discardRest(request: IncomingMessage): void {
  let left = mostBytes;
  request.unpipe();
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) breakOff(request);
  });
  request.resume();
}

/** In HTTP/2 the stream only: others share the connection. */
function breakOff(request: IncomingMessage | Http2ServerRequest): void {
  if (request instanceof Http2ServerRequest) request.stream.close(constants.NGHTTP2_NO_ERROR);
  else request.socket.destroy();
}
