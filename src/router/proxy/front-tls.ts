/** TLS on the users' port: one certificate at a time, exchanged while connections go on; both HTTPs by ALPN. */
import type { Socket } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import type { Certificate } from './certificate.ts';

export interface TlsOptions {
  readonly certificate: Certificate;
  readonly handshakeMs: number;
  /** `socket`: what the encrypted connection goes over. */
  readonly greeted: (secure: TLSSocket, socket: Socket) => void;
  readonly refused: (reason: string) => void;
}

const oldest = 'TLSv1.2';

/** What tells two connections of one port apart. */
const peerOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;

export class FrontTls {
  readonly #server: Server;
  readonly #greeting = new Map<string, Socket>();

  constructor({ certificate, greeted, handshakeMs, refused }: TlsOptions) {
    const { cert, key } = certificate;
    this.#server = createServer({
      cert,
      key,
      minVersion: oldest,
      // HTTP/2 first: a client that offers both gets it.
      ALPNProtocols: ['h2', 'http/1.1'],
      handshakeTimeout: handshakeMs,
    });
    this.#server.on('secureConnection', (secure) => {
      const socket = this.#greeting.get(peerOf(secure));
      if (socket === undefined) return void secure.destroy();
      greeted(secure, socket);
    });
    this.#server.on('tlsClientError', (_error, secure) => {
      refused('tls_handshake');
      secure.destroy();
    });
  }

  accept(socket: Socket): void {
    const peer = peerOf(socket);
    this.#greeting.set(peer, socket);
    socket.once('close', () => this.#greeting.delete(peer));
    this.#server.emit('connection', socket);
  }

  /** From the next handshake on; connections that stand keep what they have. */
  renew({ cert, key }: Certificate): void {
    this.#server.setSecureContext({ cert, key, minVersion: oldest });
  }
}
