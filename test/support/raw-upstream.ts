/** A backend that keeps the very bytes it was sent, and reads them as leniently as a careless one would. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type AtEnd, atTestEnd } from './at-end.ts';

export interface ReceivedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface RawUpstream {
  readonly origin: string;
  /** Everything that came, of all connections, in the order of its arrival. */
  bytes(): string;
  /** What a careless server takes that for: each request with the whole of its body. */
  requests(): readonly ReceivedRequest[];
  /** Forgets both. */
  forget(): void;
}

export async function startRawUpstream(atEnd: AtEnd = atTestEnd): Promise<RawUpstream> {
  let bytes: Buffer[] = [];
  let requests: ReceivedRequest[] = [];
  const server = createServer({ insecureHTTPParser: true }, (request, response) => {
    const { method = '', url = '', headers } = request;
    const body: Buffer[] = [];
    request.on('data', (chunk: Buffer) => body.push(chunk));
    request.on('end', () => {
      requests.push({ method, url, headers, body: Buffer.concat(body).toString('latin1') });
      response.end('served');
    });
  });
  server.on('connection', (socket) => socket.on('data', (chunk) => bytes.push(chunk)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd(async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  });
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bytes: () => Buffer.concat(bytes).toString('latin1'),
    requests: () => requests,
    forget: () => {
      bytes = [];
      requests = [];
    },
  };
}
