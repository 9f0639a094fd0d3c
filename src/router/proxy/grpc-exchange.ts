/** One gRPC call on the way through: HTTP/2 both sides, messages streamed both ways, trailers kept, counted by its status. */
import { type ClientHttp2Stream, constants, type OutgoingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { GrpcChannel } from './grpc-channel.ts';
import { type GrpcCode, grpcCodeOf, grpcCodeOfHttp, grpcNumberOf, grpcTimeoutMs } from './grpc-status.ts';
import { responseHeaders } from './headers.ts';
import { wasTaken } from './http2-messages.ts';
import type { OpenExchange, ProxyLane } from './proxy-lane.ts';
import { upstreamFailure } from './upstream-failure.ts';

export interface GrpcExchangeOptions {
  /** To the user. */
  readonly stream: ServerHttp2Stream;
  readonly lane: ProxyLane;
  /** For the backend: name and value in turn. */
  readonly head: readonly string[];
  readonly body: 'none' | 'follows';
  /** What the user allows the call. */
  readonly timeout: unknown;
}

/** How it stands, or ended: gRPC's status, and what it would be in HTTP. */
interface Outcome {
  readonly code: GrpcCode;
  readonly http: number;
}

const endsHere = 0x1;

/** Nothing can be answered any more. */
const isOver = (stream: ServerHttp2Stream): boolean => stream.destroyed || stream.closed;

const userLeft = 499;

/** A user gives up a little before or after the time that was allowed. */
const nearly = 0.95;

/**
 *   sent ──response──► answering ──end──► trailers passed on       status counted
 *     └── lost, refused, cut ──┴──► grpc-status Unavailable, in trailers where a head was sent
 *   the user's stream closes: counted, and the backend's taken back if it goes on
 */
export class GrpcExchange implements OpenExchange {
  readonly revision: string;
  readonly #options: GrpcExchangeOptions;
  readonly #meter: ProxyLane['meter'];
  readonly #startedMs = performance.now();
  #upstream: ClientHttp2Stream | null = null;
  #trailers: OutgoingHttpHeaders = {};
  #outcome: Outcome | null = null;

  constructor(options: GrpcExchangeOptions) {
    this.#options = options;
    this.#meter = options.lane.meter;
    this.revision = options.lane.revision;
  }

  start(): void {
    const { stream, lane, body } = this.#options;
    lane.open.add(this);
    // Whatever breaks is seen by the stream's end.
    stream.on('error', () => {});
    stream.once('close', () => this.#end());
    stream.on('wantTrailers', () => this.#sendTrailers());
    const channel = lane.nextChannel();
    if (channel === null) {
      this.#meter.upstreamFailed('no_endpoint');
      return this.#fail({ code: 'Unavailable', http: 503 }, 'the service has no instance to answer');
    }
    const upstream = this.#call(channel);
    if (upstream === null) return;
    this.#upstream = upstream;
    upstream.on('response', (headers, flags, rawHeaders) => {
      this.#answered(rawHeaders, (flags & endsHere) === 0 ? 'follows' : 'none');
      const [status, http] = [headers['grpc-status'], headers[':status'] ?? 0];
      if (status !== undefined) this.#settle({ code: grpcCodeOf(status), http });
      else if (http !== 200) this.#settle({ code: grpcCodeOfHttp(http), http });
    });
    this.#follow(upstream);
    if (body === 'follows') stream.pipe(upstream);
  }

  /** The drain after a rollback, or the end of a stop's patience. */
  cut(): void {
    this.#fail({ code: 'Unavailable', http: 503 }, 'ended by the proxy');
    this.#upstream?.close(constants.NGHTTP2_CANCEL);
  }

  #call(channel: GrpcChannel): ClientHttp2Stream | null {
    try {
      return channel.call(this.#options.head, this.#options.body);
    } catch {
      // Node refuses some fields: the user's doing, and no sign of how the backend is.
      this.#fail({ code: 'InvalidArgument', http: 400 }, 'the call can not be passed on');
      return null;
    }
  }

  #follow(upstream: ClientHttp2Stream): void {
    const { stream } = this.#options;
    upstream.on('trailers', (trailers: OutgoingHttpHeaders) => {
      this.#trailers = trailers;
      this.#settle({ code: grpcCodeOf(trailers['grpc-status']), http: 200 });
    });
    upstream.on('error', (error: Error) => this.#broke(error));
    upstream.once('end', () => {
      if (!upstream.aborted && upstream.rstCode === constants.NGHTTP2_NO_ERROR) stream.end();
    });
    upstream.once('close', () => {
      if (!stream.writableEnded) this.#broke(new Error(`the backend reset the call, code ${upstream.rstCode}`));
    });
  }

  #answered(rawHeaders: readonly string[], rest: 'none' | 'follows'): void {
    const { stream } = this.#options;
    if (isOver(stream) || stream.headersSent) return;
    const head = responseHeaders(rawHeaders, undefined);
    stream.respond(head, { endStream: rest === 'none', waitForTrailers: rest === 'follows' });
    if (rest === 'follows') this.#upstream?.pipe(stream, { end: false });
  }

  #broke(error: Error): void {
    const { stream } = this.#options;
    if (this.#outcome !== null || stream.destroyed || stream.aborted) return;
    const { code, reason } = upstreamFailure(error);
    this.#meter.upstreamFailed(reason);
    // Not begun, says the backend: the user's library may send it again by itself.
    if (this.#upstream?.rstCode === constants.NGHTTP2_REFUSED_STREAM && !stream.headersSent) {
      this.#settle({ code: 'Unavailable', http: code });
      return void stream.close(constants.NGHTTP2_REFUSED_STREAM);
    }
    this.#fail({ code: 'Unavailable', http: code }, 'the service gave no answer');
  }

  /** What was counted already stays so. */
  #settle(outcome: Outcome): void {
    this.#outcome ??= outcome;
  }

  #fail(outcome: Outcome, message: string): void {
    const { stream } = this.#options;
    this.#settle(outcome);
    if (isOver(stream)) return;
    this.#upstream?.unpipe(stream);
    const status = { 'grpc-status': grpcNumberOf(outcome.code), 'grpc-message': message };
    if (stream.headersSent) {
      this.#trailers = status;
      return void stream.end();
    }
    stream.respond({ ':status': 200, 'content-type': 'application/grpc', ...status }, { endStream: true });
    stream.close(constants.NGHTTP2_NO_ERROR);
  }

  #sendTrailers(): void {
    const { stream } = this.#options;
    stream.sendTrailers(this.#trailers);
    // The answer is whole: what the user may still send, nobody reads.
    setImmediate(() => {
      if (!stream.readableEnded && !stream.destroyed) stream.close(constants.NGHTTP2_NO_ERROR);
    });
  }

  #end(): void {
    const { lane } = this.#options;
    lane.open.delete(this);
    const upstream = this.#upstream;
    if (upstream !== null && !upstream.closed) upstream.close(constants.NGHTTP2_CANCEL);
    const seconds = (performance.now() - this.#startedMs) / 1000;
    this.#meter.callEnded(this.#outcome ?? this.#leftBy(seconds * 1000), seconds);
  }

  /** No status: the user took the call back, because its time was over or for reasons of its own, or the backend gave none. */
  #leftBy(afterMs: number): Outcome {
    const { stream, timeout } = this.#options;
    if (wasTaken(stream)) return { code: 'Unknown', http: 200 };
    return { code: afterMs >= nearly * grpcTimeoutMs(timeout) ? 'DeadlineExceeded' : 'Canceled', http: userLeft };
  }
}
