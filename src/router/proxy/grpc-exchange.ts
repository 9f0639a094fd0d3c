/** One gRPC call on the way through: HTTP/2 both sides, messages streamed both ways, trailers kept, counted by its status. */
import { type ClientHttp2Stream, constants, type OutgoingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { AccessLog } from './access-log.ts';
import type { Served } from './access-log-line.ts';
import type { Client } from './clients.ts';
import type { Endpoint } from './endpoint.ts';
import { GrpcMessages } from './grpc-messages.ts';
import { type GrpcOutcome, noStatus, outcomeOfHead, outcomeOfLeaving, stoodStill } from './grpc-outcome.ts';
import { GrpcPatience, type Turn, turnLimitsMs } from './grpc-patience.ts';
import { GrpcReply } from './grpc-reply.ts';
import { grpcCodeOf, grpcTimeoutMs } from './grpc-status.ts';
import { wasTaken } from './http2-messages.ts';
import type { OpenExchange, ProxyLane } from './proxy-lane.ts';
import { isInstanceLost, isUnreached } from './second-try.ts';
import type { ProxySettings } from './settings.ts';
import { upstreamFailure } from './upstream-failure.ts';

export interface GrpcExchangeOptions {
  readonly request: Served['request'];
  /** To the user. */
  readonly stream: ServerHttp2Stream;
  readonly client: Client;
  readonly lane: ProxyLane;
  /** For the backend: name and value in turn. */
  readonly head: readonly string[];
  readonly body: 'none' | 'follows';
  /** Where its end is noted; null: nowhere. */
  readonly log: () => AccessLog | null;
  /** In force when it came. */
  readonly settings: Pick<ProxySettings, 'limits' | 'timeouts'>;
}

const endsHere = 0x1;
const lastWordsMs = 1_000;

/**
 *   sent ──response──► answering ──end──► trailers passed on       status counted
 *     │ └─ not reached ─► sent to another instance of stable, once
 *     └── lost, refused, cut, still for too long ──► grpc-status, in trailers where a head was sent
 *   the user's stream closes: counted, and the backend's taken back if it goes on
 */
export class GrpcExchange implements OpenExchange {
  readonly #options: GrpcExchangeOptions;
  /** By the user; infinite where none was named. */
  readonly #allowedMs: number;
  readonly #startedMs = performance.now();
  readonly #messages = new GrpcMessages();
  readonly #patience: GrpcPatience;
  readonly #reply: GrpcReply;
  #meter: ProxyLane['meter'];
  #endpoint: Endpoint | null = null;
  #upstream: ClientHttp2Stream | null = null;
  /** An instance may have seen something of it. */
  #isPassed = false;
  #isSecondTry = false;
  #outcome: GrpcOutcome | null = null;
  /** Of the answer's messages. */
  #bytes = 0;

  constructor(options: GrpcExchangeOptions) {
    const { lane, request, settings } = options;
    this.#options = options;
    this.#allowedMs = grpcTimeoutMs(request.headers['grpc-timeout']);
    this.#reply = new GrpcReply(options.stream);
    this.#meter = lane.meter;
    this.#patience = new GrpcPatience({
      limitsMs: turnLimitsMs(settings.timeouts, this.#allowedMs),
      turn: () => this.#turn(),
      over: (turn) => this.#stoodStill(turn),
    });
  }

  get revision(): string {
    return this.#meter.revision;
  }

  start(): void {
    const { stream, lane, body } = this.#options;
    lane.open.add(this);
    // Whatever breaks is seen by the stream's end.
    stream.on('error', () => {});
    stream.once('close', () => this.#end());
    stream.on('drain', () => this.#patience.moved());
    if (body === 'follows') stream.once('end', () => this.#patience.moved());
    const endpoint = lane.next();
    if (endpoint !== null) return this.#send(endpoint);
    this.#meter.upstreamFailed('no_endpoint');
    this.#fail({ code: 'Unavailable', http: 503 }, 'the service has no instance to answer');
  }

  /** The drain after a rollback, or the end of a stop's patience. */
  cut(): void {
    this.#fail({ code: 'Unavailable', http: 503 }, 'ended by the proxy');
    // A user who takes nothing would not take the end either.
    setTimeout(() => this.#options.stream.close(constants.NGHTTP2_CANCEL), lastWordsMs).unref();
  }

  #send(endpoint: Endpoint): void {
    const { lane, body } = this.#options;
    this.#endpoint = endpoint;
    this.#meter = lane.meter;
    const upstream = this.#call(endpoint);
    this.#upstream = upstream;
    if (upstream === null) return;
    upstream.on('response', (headers, flags, rawHeaders) => {
      if (upstream !== this.#upstream) return;
      endpoint.answered();
      this.#answered(upstream, rawHeaders, (flags & endsHere) === 0 ? 'follows' : 'none');
      this.#settle(outcomeOfHead(headers));
    });
    this.#follow(upstream);
    // Without a connection nothing of it is read: another instance may still have the whole of it.
    if (upstream.pending) upstream.once('ready', () => this.#passOn(upstream, body));
    else this.#passOn(upstream, body);
    this.#patience.moved();
  }

  #call(endpoint: Endpoint): ClientHttp2Stream | null {
    try {
      return endpoint.channel.call(this.#options.head, this.#options.body);
    } catch {
      // Node refuses some fields: the user's doing, and no sign of how the backend is.
      this.#fail({ code: 'InvalidArgument', http: 400 }, 'the call can not be passed on');
      return null;
    }
  }

  #passOn(upstream: ClientHttp2Stream, body: 'none' | 'follows'): void {
    const { stream } = this.#options;
    if (upstream !== this.#upstream || this.#isPassed) return;
    this.#isPassed = true;
    if (body === 'none') return;
    stream.on('data', (chunk: Buffer) => this.#heard(chunk));
    stream.pipe(upstream);
  }

  #heard(chunk: Buffer): void {
    const { messageBytes, bodyBytes } = this.#options.settings.limits;
    const mostBytes = messageBytes ?? bodyBytes;
    const longest = this.#messages.take(chunk);
    this.#patience.moved();
    if (mostBytes === null || longest <= mostBytes) return;
    this.#fail({ code: 'ResourceExhausted', http: 413 }, `the message has more than ${mostBytes} bytes`);
  }

  #follow(upstream: ClientHttp2Stream): void {
    const { stream } = this.#options;
    const { session } = upstream;
    upstream.on('data', (chunk: Buffer) => {
      this.#bytes += chunk.length;
      this.#patience.moved();
    });
    upstream.on('trailers', (trailers: OutgoingHttpHeaders) => {
      this.#reply.trailers(trailers);
      this.#settle({ code: grpcCodeOf(trailers['grpc-status']), http: 200 });
    });
    upstream.on('error', (error: Error) => this.#broke(upstream, error));
    upstream.once('end', () => {
      if (upstream === this.#upstream && !upstream.aborted && upstream.rstCode === constants.NGHTTP2_NO_ERROR)
        stream.end();
    });
    upstream.once('close', () => {
      if (stream.writableEnded) return;
      const code = session?.destroyed === true ? 'ECONNRESET' : 'ERR_HTTP2_STREAM_ERROR';
      this.#broke(upstream, Object.assign(new Error(`reset, code ${upstream.rstCode}`), { code }));
    });
  }

  #answered(upstream: ClientHttp2Stream, rawHeaders: readonly string[], rest: 'none' | 'follows'): void {
    const begun = this.#reply.begin(rawHeaders, rest);
    if (begun === 'malformed') {
      this.#meter.upstreamFailed('malformed_answer');
      return this.#fail({ code: 'Unavailable', http: 502 }, 'the answer of the service can not be passed on');
    }
    this.#patience.moved();
    if (begun === 'begun' && rest === 'follows') upstream.pipe(this.#options.stream, { end: false });
  }

  #broke(upstream: ClientHttp2Stream, error: Error): void {
    const { stream } = this.#options;
    if (upstream !== this.#upstream || this.#outcome !== null || stream.destroyed || stream.aborted) return;
    const { code, reason } = upstreamFailure(error);
    if (isInstanceLost(reason)) this.#endpoint?.failed();
    this.#meter.upstreamFailed(reason);
    if (this.#triesAgain(reason)) return;
    // Not begun, says the backend: the user's library may send it again by itself.
    if (upstream.rstCode === constants.NGHTTP2_REFUSED_STREAM && !stream.headersSent) {
      this.#settle({ code: 'Unavailable', http: code });
      return void stream.close(constants.NGHTTP2_REFUSED_STREAM);
    }
    this.#fail({ code: 'Unavailable', http: code }, 'the service gave no answer');
  }

  #triesAgain(reason: string): boolean {
    if (this.#isSecondTry || this.#isPassed || !isUnreached(reason)) return false;
    const other = this.#endpoint && this.#options.lane.another(this.#endpoint);
    if (other === null) return false;
    this.#isSecondTry = true;
    this.#send(other);
    return true;
  }

  #turn(): Turn {
    const { stream } = this.#options;
    if (stream.writableLength > 0) return 'unread';
    if (this.#messages.isWithin && this.#upstream?.writableNeedDrain === false) return 'unsent';
    const hasSaidAll = this.#options.body === 'none' || stream.readableEnded;
    return hasSaidAll && !stream.headersSent ? 'unanswered' : 'idle';
  }

  #stoodStill(turn: Turn): void {
    const { stream } = this.#options;
    if (turn === 'unread') return stream.close(constants.NGHTTP2_CANCEL);
    const { outcome, message } = stoodStill[turn];
    if (turn === 'unanswered') this.#meter.upstreamFailed('response_timeout');
    this.#fail(outcome, message);
  }

  /** What was counted already stays so. */
  #settle(outcome: GrpcOutcome | null): void {
    this.#outcome ??= outcome;
  }

  #fail(outcome: GrpcOutcome, message: string): void {
    const { stream } = this.#options;
    this.#settle(outcome);
    const upstream = this.#upstream;
    if (upstream !== null) {
      upstream.unpipe(stream);
      stream.unpipe(upstream);
    }
    this.#reply.fail(outcome.code, message);
    upstream?.close(constants.NGHTTP2_CANCEL);
  }

  #end(): void {
    const { lane, log, request, client, stream } = this.#options;
    this.#patience.end();
    lane.open.delete(this);
    this.#upstream?.close(constants.NGHTTP2_CANCEL);
    const afterMs = performance.now() - this.#startedMs;
    // No status, and the user heard the end: the backend gave none.
    const without = wasTaken(stream) ? noStatus : outcomeOfLeaving(afterMs, this.#allowedMs);
    const { code: grpc, http: status } = this.#outcome ?? without;
    const [{ backend }, { address }, { revision }, bytes] = [lane, client, this.#meter, this.#bytes];
    const seconds = afterMs / 1000;
    this.#meter.callEnded({ code: grpc, http: status }, seconds);
    log()?.note({ request, address, backend, revision, status, bytes, seconds, grpc });
  }
}
