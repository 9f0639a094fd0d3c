/** One request and its answer on the way through: streamed both ways, and every end counted once. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex, PassThrough } from 'node:stream';
import { type Dispatcher, errors } from 'undici';
import { answerForBackend } from './answer-for-backend.ts';
import { limitBody } from './body-limit.ts';
import { discardRest } from './discard-rest.ts';
import type { Endpoint } from './endpoint.ts';
import type { ExchangeOptions } from './exchange-options.ts';
import { endToEnd, requestHeaders, responseHeaders } from './headers.ts';
import type { OpenExchange } from './proxy-lane.ts';
import { pairsOf, rawPairs } from './raw-pairs.ts';
import { bodyOf } from './request-body.ts';
import type { RevisionMeter } from './revision-meter.ts';
import { isInstanceLost, mayTryAgain } from './second-try.ts';
import { switchProtocols } from './switch-protocols.ts';
import type { Tunnel } from './tunnel.ts';
import { isOffered } from './upgrade-request.ts';
import { upstreamFailure } from './upstream-failure.ts';

/** Answers up to this size are joined to their head. */
const joinedBytes = 16_384;

/** The connection, or one stream of it. */
type Timed = Pick<Socket, 'writableLength'> & { setTimeout(ms: number): unknown };

/** Of an answer in HTTP/2, whose time-outs name no socket. */
const streamOf = (response: object): Timed => (response as { readonly stream: Timed }).stream;

/** What the user saw who left before the answer was complete. */
const userLeft = 499;

/**
 *   waiting ──onRequestStart──► sent ──onResponseStart──► answering ──onResponseEnd──► flushed
 *      └───────── onResponseError ─┴──► 502, 504             └── onResponseError ──► cut: the user's connection closes
 *   the response's 'close' ends each of them: counted, and the upstream aborted if the user left
 */
export class ProxyExchange implements Dispatcher.DispatchHandler, OpenExchange {
  readonly #options: ExchangeOptions;
  /** Of the revision that has it, or had it last. */
  #meter: RevisionMeter;
  readonly #startedMs = performance.now();
  #controller: Dispatcher.DispatchController | null = null;
  /** Overrides the answer's status in the count: it was sent, but what followed broke. */
  #brokenAs: number | null = null;
  #over = false;
  /** Of the answer's body. */
  #bytes = 0;
  #body: PassThrough | null = null;
  #endpoint: Endpoint | null = null;
  #isSecondTry = false;
  /** The beginning of the body, until the tick ends: a small answer leaves in one piece with its head. */
  #first: Buffer | null = null;
  #isShown = false;
  /** After a switch of protocols. */
  #tunnel: Tunnel | null = null;

  constructor(options: ExchangeOptions) {
    this.#options = options;
    this.#meter = options.lane.meter;
  }

  get revision(): string {
    return this.#meter.revision;
  }

  start(): void {
    const { response, lane } = this.#options;
    lane.open.add(this);
    response.once('close', () => this.#end());
    if (response.socket === null) this.#endWithConnection();
    response.on('timeout', (socket?: Socket) => this.#clientSilent(socket ?? streamOf(response)));
    const endpoint = lane.next();
    if (endpoint !== null) return this.#send(endpoint);
    this.#meter.upstreamFailed('no_endpoint');
    answerForBackend(response, 503);
  }

  #send(endpoint: Endpoint): void {
    const { request, path, settings } = this.#options;
    this.#endpoint = endpoint;
    const method = request.method ?? 'GET';
    const { responseMs: headersTimeout, idleMs: bodyTimeout } = settings.timeouts;
    this.#body = bodyOf(request, () => limitBody(request, settings.limits.bodyBytes, () => this.#endAs(413)));
    const headers = requestHeaders(request, this.#options);
    const upgrade = this.#options.upgrade?.offered ?? null;
    endpoint.pool.dispatch({ method, path, headers, body: this.#body, upgrade, headersTimeout, bodyTimeout }, this);
  }

  /** Ends it whatever its state: the drain after a rollback, or the end of a stop's patience. */
  cut(): void {
    if (this.#tunnel === null) this.#endAs(503);
    else this.#tunnel.cut();
  }

  /** With this status where none was sent yet, else by closing; it is counted as this in both cases. */
  #endAs(code: number): void {
    if (this.#over || this.#brokenAs !== null) return;
    this.#brokenAs = code;
    const { response } = this.#options;
    if (response.headersSent) response.destroy();
    else answerForBackend(response, code);
    this.#controller?.abort(new Error('ended by the proxy'));
  }

  /** Behind another request's answer: node closes no response that has not had its turn. */
  #endWithConnection(): void {
    const { socket } = this.#options.request;
    const end = (): void => this.#end();
    socket.setMaxListeners(0).once('close', end);
    this.#options.response.once('close', () => socket.off('close', end));
  }

  /** Nothing went either way for a while: the user's fault if it was the user's turn. */
  #clientSilent(socket: Timed): void {
    const { request, response, settings } = this.#options;
    const isOwed = socket.writableLength > 0;
    const isRead = this.#body !== null && this.#body.readableDidRead && !this.#body.writableNeedDrain;
    const owes = !request.complete && isRead;
    if (isOwed) response.destroy();
    else if (owes) this.#endAs(408);
    else socket.setTimeout(settings.timeouts.clientMs);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#over || this.#brokenAs !== null) controller.abort(new Error('nobody waits for it'));
    else if (this.#options.expectsContinue) this.#options.response.writeContinue();
  }

  /** The handshake is what is counted of it: how long users stay says nothing about the service. */
  // eslint-disable-next-line @typescript-eslint/max-params -- undici's
  onRequestUpgrade(
    controller: Dispatcher.DispatchController,
    _code: number,
    headers: IncomingHttpHeaders,
    upstream: Duplex,
  ): void {
    const { lane, response, settings, upgrade: wish } = this.#options;
    const { connection, upgrade: chosen } = headers;
    if (this.#over || wish === undefined || chosen === undefined || !isOffered(wish.offered, chosen)) {
      upstream.destroy();
      return this.onResponseError(controller, new errors.HTTPParserError('switched to what nobody offered'));
    }
    this.#count(101);
    const head = { rawHeaders: rawPairs(controller.rawHeaders), connection, chosen };
    this.#tunnel = switchProtocols(
      response,
      { wish, ...head },
      {
        upstream,
        halfOpenMs: settings.timeouts.idleMs,
        passed: (direction, bytes) => this.#meter.streamed(direction, bytes),
        broke: () => this.#meter.upstreamFailed('stream_lost'),
        closed: () => lane.open.delete(this),
      },
    );
  }

  onResponseStart(controller: Dispatcher.DispatchController, code: number, headers: IncomingHttpHeaders): void {
    if (code < 200 || this.#over) return;
    this.#endpoint?.answered();
    const passed = responseHeaders(rawPairs(controller.rawHeaders), headers.connection);
    const { cookie, response } = this.#options;
    if (cookie !== null) passed.push('set-cookie', cookie);
    response.writeHead(code, passed);
    // A stream's head must not wait for its first piece; a small answer goes out in one.
    process.nextTick(() => this.#showHead());
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (!this.#isShown && this.#first === null) {
      this.#first = chunk;
      return;
    }
    this.#showHead();
    const { response } = this.#options;
    if (response.write(chunk)) return;
    controller.pause();
    response.once('drain', () => controller.resume());
  }

  onResponseEnd(controller: Dispatcher.DispatchController): void {
    const trailers = endToEnd(rawPairs(controller.rawTrailers), undefined);
    if (trailers.length > 0) this.#options.response.addTrailers(pairsOf(trailers));
    const { response } = this.#options;
    const whole = this.#first;
    this.#first = null;
    this.#isShown = true;
    // As text node joins it to the head: one write, and not two buffers.
    if (whole !== null && whole.length <= joinedBytes) response.end(whole.toString('latin1'), 'latin1');
    else response.end(whole ?? undefined);
  }

  onResponseError(_controller: unknown, error: Error): void {
    if (this.#over || this.#brokenAs !== null) return;
    const { code, reason } = upstreamFailure(error);
    if (isInstanceLost(reason)) this.#endpoint?.failed();
    if (code !== 400) this.#meter.upstreamFailed(reason);
    if (this.#triesAgain(reason)) return;
    if (!this.#options.response.headersSent) return answerForBackend(this.#options.response, code);
    this.#brokenAs = code;
    this.#options.response.destroy();
  }

  /** With another instance of stable: users see nothing of one that is gone. */
  #triesAgain(reason: string): boolean {
    const { lane, request, response } = this.#options;
    const { method = 'GET' } = request;
    if (this.#isSecondTry || response.headersSent || !mayTryAgain({ reason, method, body: this.#body })) return false;
    const other = this.#endpoint && lane.another(this.#endpoint);
    if (other === null) return false;
    this.#isSecondTry = true;
    // It may serve another revision by now.
    this.#meter = lane.meter;
    this.#send(other);
    return true;
  }

  #showHead(): void {
    const { response } = this.#options;
    if (this.#isShown || this.#over || response.writableEnded) return;
    this.#isShown = true;
    if (this.#first === null) response.flushHeaders();
    else response.write(this.#first);
    this.#first = null;
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    const { request, response, lane } = this.#options;
    lane.open.delete(this);
    const code = this.#brokenAs ?? (response.writableFinished ? response.statusCode : userLeft);
    this.#count(code);
    if (!response.writableFinished) this.#controller?.abort(new Error('the user left'));
    if (!request.complete) discardRest(request);
  }

  #count(code: number): void {
    const seconds = (performance.now() - this.#startedMs) / 1000;
    this.#meter.requestEnded(code, seconds);
    const { log, request, client, lane } = this.#options;
    const { address } = client;
    const [{ backend }, { revision }] = [lane, this];
    log()?.note({ request, address, backend, revision, status: code, bytes: this.#bytes, seconds });
  }
}
