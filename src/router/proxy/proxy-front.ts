/** The side of the users: an HTTP/1.1 server that gives each request to the backend that is drawn for it. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { ProxyExchange } from './proxy-exchange.ts';
import type { ProxyLane } from './proxy-lane.ts';
import { targetOf } from './request-target.ts';

export interface FrontOptions {
  /** Draws the backend of the next request. */
  readonly next: () => ProxyLane;
  /** A request was refused before a backend was drawn. */
  readonly refused: (reason: string) => void;
  /** No further request on a connection once the proxy is stopping. */
  readonly stopping: () => boolean;
}

/** Longer than the idle limits of load balancers in front, which otherwise write into a closing connection. */
const keepIdleMs = 75_000;
const headWithinMs = 30_000;

export function createFront(options: FrontOptions): Server {
  const server = createServer({
    keepAliveTimeout: keepIdleMs,
    headersTimeout: headWithinMs,
    requestTimeout: 0,
    noDelay: true,
  });
  server.on('request', (request, response) => accept(options, { request, response, expectsContinue: false }));
  server.on('checkContinue', (request, response) => accept(options, { request, response, expectsContinue: true }));
  server.on('connect', (_request, socket) => {
    options.refused('connect');
    sayOnSocket(socket, '501 Not Implemented');
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => answerBroken(options, error, socket));
  return server;
}

interface Arrival {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly expectsContinue: boolean;
}

function accept({ next, refused, stopping }: FrontOptions, { request, response, expectsContinue }: Arrival): void {
  if (stopping()) response.shouldKeepAlive = false;
  const target = targetOf(request);
  if (target.kind === 'refuse') {
    refused(target.reason);
    response.shouldKeepAlive = false;
    response.writeHead(target.code, { 'content-type': 'text/plain; charset=utf-8' });
    response.end(`${target.message}\n`);
    return;
  }
  new ProxyExchange({ request, response, lane: next(), path: target.path, host: target.host, expectsContinue }).start();
}

/** What is no HTTP, or ambiguous, or too slow or too large a head: the connection ends, nobody's counters but ours move. */
function answerBroken({ refused }: FrontOptions, error: NodeJS.ErrnoException, socket: Duplex): void {
  // The user's connection broke; an exchange on it counts itself.
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  refused(
    error.code === 'HPE_HEADER_OVERFLOW'
      ? 'head_too_large'
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? 'head_too_slow'
        : 'malformed',
  );
  sayOnSocket(socket, statusOf(error.code));
}

function statusOf(code: string | undefined): string {
  if (code === 'HPE_HEADER_OVERFLOW') return '431 Request Header Fields Too Large';
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return '408 Request Timeout';
  return '400 Bad Request';
}

function sayOnSocket(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`, () => socket.destroy());
}
