/** Everything that users connect to: one port, and behind it HTTP/1.1 and HTTP/2, with TLS or without. */
import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http';
import type { Server } from 'node:net';
import { admitUpTo } from './admission.ts';
import { sayOnSocket } from './broken-request.ts';
import type { Certificate } from './certificate.ts';
import { FrontDoor } from './front-door.ts';
import { FrontTls } from './front-tls.ts';
import { acceptGrpc, isGrpcCall } from './grpc-front.ts';
import { Http2Front } from './http2-front.ts';
import { type Http2Arrival, Http2Request, Http2Response } from './http2-messages.ts';
import { accept, configureFront, createFront, type FrontOptions } from './proxy-front.ts';
import type { ProxySettings } from './settings.ts';
import { welcome } from './welcome.ts';

/**
 *   connection ──► admitted? ──► introduced? ──► door, TLS ──► HTTP/1.1 ──┬──► accept ──► exchange
 *                                                       └────► HTTP/2 ────┘
 */
export class Front {
  readonly #options: FrontOptions;
  readonly #door: FrontDoor;
  readonly #http1: HttpServer;
  readonly #http2: Http2Front;
  #tls: FrontTls | null = null;

  constructor(options: FrontOptions) {
    const { refused, settings } = options;
    this.#options = options;
    this.#http1 = createFront(options);
    this.#http2 = new Http2Front({ arrived: (arrival) => this.#arrived(arrival), refused, settings });
    this.#door = new FrontDoor({
      tls: () => this.#tls,
      http1: (socket) => void this.#http1.emit('connection', socket),
      http2: (socket) => this.#http2.accept(socket),
      helloWithinMs: () => settings().timeouts.headMs,
    });
    // It never listens itself, and looks for slow heads from that moment on.
    this.#door.server.on('listening', () => this.#http1.emit('listening'));
    admitUpTo(this.#door.server, {
      most: () => settings().limits.connections,
      turnAway: (socket) => {
        refused('connections');
        sayOnSocket(socket, '503 Service Unavailable');
      },
      welcome: (socket, go) => {
        this.#door.notice(socket);
        welcome(options, socket, go);
      },
    });
  }

  /** What listens. */
  get server(): Server {
    return this.#door.server;
  }

  /** From the next connection on; one that replaces another, from the next handshake on. Null: unencrypted. */
  show(certificate: Certificate | null): void {
    if (certificate === null) this.#tls = null;
    else if (this.#tls !== null) this.#tls.renew(certificate);
    else this.#tls = this.#secured(certificate);
  }

  configure(settings: ProxySettings): void {
    configureFront(this.#http1, settings);
    this.#http2.configure(settings);
  }

  /** No further connection, and no further request on those that stand. */
  close(closed: () => void): void {
    this.#door.server.close(closed);
    this.#http1.close(() => {});
    this.#http2.close();
  }

  closeIdleConnections(): void {
    this.#http1.closeIdleConnections();
    this.#door.closeSilentConnections();
  }

  closeAllConnections(): void {
    this.#door.closeAllConnections();
  }

  #secured(certificate: Certificate): FrontTls {
    const { clients, refused, settings } = this.#options;
    return new FrontTls({
      certificate,
      handshakeMs: settings().timeouts.headMs,
      refused,
      greeted: (secure, socket) => {
        this.#door.spoke(socket);
        clients.alias(secure, socket);
        if (secure.alpnProtocol === 'h2') this.#http2.accept(secure);
        else this.#http1.emit('connection', secure);
      },
    });
  }

  #arrived(arrival: Http2Arrival): void {
    if (isGrpcCall(arrival.headers)) return acceptGrpc(this.#options, arrival);
    arrival.stream.setTimeout(this.#options.settings().timeouts.clientMs);
    const request = new Http2Request(arrival);
    const response = new Http2Response(arrival.stream);
    const expectsContinue = arrival.headers.expect?.toLowerCase() === '100-continue';
    // Made to be used like those of HTTP/1.1, which is what node's own types don't know.
    accept(this.#options, {
      request: request as unknown as IncomingMessage,
      response: response as unknown as ServerResponse,
      expectsContinue,
    });
  }
}
