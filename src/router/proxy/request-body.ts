/** The body of a user's request on its way to a backend. */
import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';

/** Behind a stream of its own, which the upstream may destroy without closing the user's connection; null: none. */
export function bodyOf(request: IncomingMessage): PassThrough | null {
  const { headers } = request;
  const length = headers['content-length'];
  if (headers['transfer-encoding'] === undefined && (length === undefined || length === '0')) return null;
  const body = new PassThrough();
  // Whoever destroys it has told the exchange by another way.
  body.on('error', () => {});
  return request.pipe(body);
}
