/** The users' port: takes each connection, finds out what is spoken on it, and hands it to the server that speaks it. */
import { createServer, type Server, type Socket } from 'node:net';
import type { FrontTls } from './front-tls.ts';
import { sniffProtocol } from './sniff-protocol.ts';

export interface DoorOptions {
  /** Null: connections come unencrypted. */
  readonly tls: () => FrontTls | null;
  readonly http1: (socket: Socket) => void;
  readonly http2: (socket: Socket) => void;
  /** From the connection to its first bytes. */
  readonly helloWithinMs: () => number;
}

/**
 *   connection ──► TLS? ──yes──► handshake, ALPN ──► HTTP/1.1 │ HTTP/2
 *                    └──no───► first bytes ────────► HTTP/1.1 │ HTTP/2
 */
export class FrontDoor {
  readonly server: Server;
  readonly #options: DoorOptions;
  readonly #connections = new Set<Socket>();
  /** Those of whom it is not known yet what they speak. */
  readonly #silent = new Set<Socket>();

  constructor(options: DoorOptions) {
    this.#options = options;
    this.server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#meet(socket));
  }

  /** From its first moment, whatever it has to say before its first request; not before `spoke` is it anybody's. */
  notice(socket: Socket): void {
    this.#connections.add(socket);
    this.#silent.add(socket);
    socket.once('close', () => {
      this.#connections.delete(socket);
      this.#silent.delete(socket);
    });
  }

  /** What follows is HTTP. */
  spoke(socket: Socket): void {
    this.#silent.delete(socket);
  }

  closeSilentConnections(): void {
    for (const socket of this.#silent) socket.destroy();
  }

  /** Ends every connection, whatever goes on on it. */
  closeAllConnections(): void {
    for (const socket of this.#connections) socket.destroy();
  }

  #meet(socket: Socket): void {
    const { helloWithinMs, http1, http2, tls } = this.#options;
    const secured = tls();
    if (secured !== null) return secured.accept(socket);
    sniffProtocol(socket, helloWithinMs(), (protocol) => {
      this.spoke(socket);
      if (protocol === 'http2') return http2(socket);
      http1(socket);
      socket.resume();
    });
  }
}
