/** A backend that switches protocols when asked to, and hands each connection to the test. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { type AddressInfo, Socket } from 'node:net';
import { type AtEnd, atTestEnd } from './at-end.ts';

export interface Switched {
  readonly request: IncomingMessage;
  readonly socket: Socket;
}

export interface SwitchingUpstream {
  readonly origin: string;
  /** Connections that were switched, in order. */
  readonly switched: readonly Switched[];
  /** Plain requests that it got. */
  readonly seen: readonly IncomingMessage[];
}

export interface SwitchingOptions {
  /** What happens on a connection when it was switched; default: what comes is sent back. */
  readonly speak?: (switched: Switched) => void;
  /** Plain requests; default: 200. */
  readonly answer?: RequestListener;
  /** Named in the answer; default: what was asked for. */
  readonly protocol?: string;
  readonly atEnd?: AtEnd;
}

export async function startSwitchingUpstream(options: SwitchingOptions = {}): Promise<SwitchingUpstream> {
  const { speak = echo, answer = plain, atEnd = atTestEnd } = options;
  const switched: Switched[] = [];
  const seen: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    seen.push(request);
    answer(request, response);
  });
  server.on('upgrade', (request, stream) => {
    if (!(stream instanceof Socket)) throw new Error('not a connection');
    const socket = stream;
    socket.on('error', () => {});
    atEnd(() => void socket.destroy());
    socket.write(consent(request, options.protocol));
    switched.push({ request, socket });
    speak({ request, socket });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, switched, seen };
}

const plain: RequestListener = (_request, response) => void response.end('plain');

const echo = ({ socket }: Switched): void => void socket.pipe(socket);

/** The constant is WebSocket's own (RFC 6455 section 1.3). */
function consent({ headers }: IncomingMessage, protocol = headers.upgrade ?? ''): string {
  const accepted = createHash('sha1')
    .update(`${headers['sec-websocket-key'] ?? ''}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest('base64');
  return `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\nSec-WebSocket-Accept: ${accepted}\r\nX-From: backend\r\n\r\n`;
}
