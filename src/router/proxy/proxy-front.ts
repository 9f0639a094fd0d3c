/** The side of the users: an HTTP/1.1 server that gives each request to the backend that is drawn for it. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { AccessLog } from './access-log.ts';
import { answerBroken, sayOnSocket } from './broken-request.ts';
import type { Clients } from './clients.ts';
import { discardRest } from './discard-rest.ts';
import { Pipelining } from './pipelining.ts';
import { ProxyExchange } from './proxy-exchange.ts';
import type { Choice } from './proxy-plane.ts';
import { type Refusal, targetOf, unmetExpectation, unspokenHttp } from './request-target.ts';
import type { ProxySettings } from './settings.ts';
import { answerWithoutSwitch, type UpgradeWish } from './switch-protocols.ts';
import { offeredProtocols } from './upgrade-request.ts';

export interface FrontOptions {
  /** The backend of the next request. */
  readonly choose: (request: IncomingMessage) => Choice;
  /** A request was refused before a backend was drawn. */
  readonly refused: (reason: string) => void;
  /** No further request on a connection once the proxy is stopping. */
  readonly stopping: () => boolean;
  /** Those in force. */
  readonly settings: () => ProxySettings;
  readonly clients: Clients;
  /** Null: none is kept. */
  readonly log: () => AccessLog | null;
}

/** How often too slow heads are looked for. */
const lookEveryMs = 500;

/** Longest list of header fields that is kept: more of them than any limit allows, so that the count can be checked. */
const headersKept = 4_000;

/** Serves what `connection` is emitted with. */
export function createFront(options: FrontOptions): Server {
  const server = createServer({
    requestTimeout: 0,
    connectionsCheckingInterval: lookEveryMs,
    shouldUpgradeCallback: (request) => offeredProtocols(request) !== null,
  });
  configureFront(server, options.settings());
  serve(server, options);
  return server;
}

function serve(server: Server, options: FrontOptions): void {
  /** The last request of each connection that had a head. */
  const answers = new WeakMap<Duplex, ServerResponse>();
  /** Connections on which something was refused: what follows it there may be anything. */
  const ending = new WeakSet<Duplex>();
  const pipelining = new Pipelining();
  const arrive = (arrival: Arrival): void => {
    const { socket } = arrival.request;
    if (ending.has(socket)) return;
    answers.set(socket, arrival.response);
    const isTooFar = pipelining.isTooFar(socket, arrival.response);
    if ((isTooFar ? refusePipelined(options, socket) : accept(options, arrival)) === 'ended') ending.add(socket);
  };
  server.on('request', (request, response) => arrive({ request, response, expectsContinue: false }));
  server.on('checkContinue', (request, response) => arrive({ request, response, expectsContinue: true }));
  server.on('upgrade', (request, socket, head) => {
    if (ending.has(socket)) return;
    const response = answerWithoutSwitch(request, socket);
    if (response === null) return options.refused('upgrade');
    socket.unshift(head);
    const upgrade = { offered: offeredProtocols(request) ?? '', socket };
    accept(options, { request, response, expectsContinue: false, upgrade });
  });
  server.on('checkExpectation', (request, response) => {
    options.refused(unmetExpectation.reason);
    refuse(unmetExpectation, { request, response });
    ending.add(request.socket);
  });
  server.on('connect', (_request, socket) => refuseTunnel(options, socket));
  // An exchange under way sees to itself, and a first head that is due has a limit of its own.
  server.on('timeout', (socket: Duplex) => {
    if (answers.get(socket)?.closed === true) socket.destroy();
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (ending.has(socket)) return;
    ending.add(socket);
    const reason = answerBroken({ error, socket, last: answers.get(socket) });
    if (reason !== null) options.refused(reason);
  });
}

/** Nothing can be said before all the answers that are due. */
function refusePipelined({ refused }: FrontOptions, socket: Duplex): 'ended' {
  refused('pipelined');
  socket.destroy();
  return 'ended';
}

function refuseTunnel({ refused }: FrontOptions, socket: Duplex): void {
  refused('connect');
  sayOnSocket(socket, '501 Not Implemented');
}

/** For the connections that come from now on; times also for the next request of those that stand. */
export function configureFront(server: Server, { limits, timeouts }: ProxySettings): void {
  server.headersTimeout = timeouts.headMs;
  server.keepAliveTimeout = timeouts.keepAliveMs;
  server.timeout = timeouts.clientMs;
  server.maxHeadersCount = headersKept;
  // Node reads it for each connection, and its types know it as an option only.
  Object.assign(server, { maxHeaderSize: limits.headBytes });
}

interface Arrival {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly expectsContinue: boolean;
  readonly upgrade?: UpgradeWish;
}

/** A request of any protocol: on its way to a backend, or refused. */
export function accept(
  { choose, refused, stopping, settings, clients, log }: FrontOptions,
  arrival: Arrival,
): 'served' | 'ended' {
  const { request, response } = arrival;
  const inForce = settings();
  if (stopping()) response.shouldKeepAlive = false;
  const target = inForce.grpc === 'only' ? unspokenHttp : targetOf(request, inForce.limits);
  if (target.kind === 'refuse') {
    refused(target.reason);
    return refuse(target, arrival);
  }
  const { path, host } = target;
  const client = clients.of(request.socket);
  const { lane, cookie } = choose(request);
  new ProxyExchange({ ...arrival, lane, cookie, path, host, client, log, settings: inForce }).start();
  return 'served';
}

function refuse(
  { code, message }: Refusal,
  { request, response }: Pick<Arrival, 'request' | 'response'>,
): 'served' | 'ended' {
  // A body that is only too long is read and dropped: closing at once would take the answer along.
  if (code === 413) discardRest(request);
  else response.shouldKeepAlive = false;
  response.writeHead(code, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(`${message}\n`);
  return code === 413 ? 'served' : 'ended';
}
