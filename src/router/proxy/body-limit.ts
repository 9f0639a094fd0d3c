/** A body of no announced length is counted on its way; announced ones were measured by their head. */
import type { IncomingMessage } from 'node:http';

/** `mostBytes` null: no limit. */
export function limitBody(request: IncomingMessage, mostBytes: number | null, exceeded: () => void): void {
  if (mostBytes === null || request.headers['content-length'] !== undefined) return;
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > mostBytes) exceeded();
  });
}
