/** The body of a user's request on its way to a backend. */
import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';

/**
 * Behind a stream of its own, which the upstream may destroy without closing the user's connection; null: none.
 * Nothing of it is read before somebody wants it: `begun` is called then.
 */
export function bodyOf(request: IncomingMessage, begun: () => void): PassThrough | null {
  const { headers } = request;
  const length = headers['content-length'];
  if (headers['transfer-encoding'] === undefined && (length === undefined || length === '0')) return null;
  const body = new PassThrough();
  const passOn = body._read.bind(body);
  body._read = (size) => {
    body._read = passOn;
    request.pipe(body);
    begun();
    passOn(size);
  };
  // Whoever destroys it has told the exchange by another way.
  return body.on('error', () => {});
}
