/** What the user of a gRPC call is told: the service's own head and trailers, or a status of the proxy's in their place. */
import { constants, type OutgoingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import { type GrpcCode, grpcNumberOf } from './grpc-status.ts';
import { passableTrailers, responseHeaders } from './headers.ts';

export class GrpcReply {
  readonly #stream: ServerHttp2Stream;
  #trailers: OutgoingHttpHeaders = {};

  constructor(stream: ServerHttp2Stream) {
    this.#stream = stream;
    stream.on('wantTrailers', () => this.#sendTrailers());
  }

  /** Nothing can be said any more. */
  get isOver(): boolean {
    return this.#stream.destroyed || this.#stream.closed;
  }

  /** `malformed`: node refuses some statuses and fields that came over the wire. */
  begin(rawHeaders: readonly string[], rest: 'none' | 'follows'): 'begun' | 'tooLate' | 'malformed' {
    if (this.isOver || this.#stream.headersSent) return 'tooLate';
    const head = responseHeaders(rawHeaders, undefined);
    try {
      this.#stream.respond(head, { endStream: rest === 'none', waitForTrailers: rest === 'follows' });
      return 'begun';
    } catch {
      return 'malformed';
    }
  }

  /** To be sent behind the last message. */
  trailers(trailers: OutgoingHttpHeaders): void {
    this.#trailers = passableTrailers(trailers);
  }

  fail(code: GrpcCode, message: string): void {
    const stream = this.#stream;
    if (this.isOver) return;
    const status = { 'grpc-status': grpcNumberOf(code), 'grpc-message': message };
    if (stream.headersSent) {
      this.#trailers = status;
      return void stream.end();
    }
    stream.respond({ ':status': 200, 'content-type': 'application/grpc', ...status }, { endStream: true });
    stream.close(constants.NGHTTP2_NO_ERROR);
  }

  #sendTrailers(): void {
    const stream = this.#stream;
    stream.sendTrailers(this.#trailers);
    // The answer is whole: what the user may still send, nobody reads.
    setImmediate(() => {
      if (!stream.readableEnded && !stream.destroyed) stream.close(constants.NGHTTP2_NO_ERROR);
    });
  }
}
