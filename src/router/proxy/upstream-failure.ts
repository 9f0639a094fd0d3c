/** What a failed exchange is called: the status that the user gets, and the reason that is counted. */
import { errors } from 'undici';

export interface UpstreamFailure {
  /** 504: it took too long; 502: it failed; 400: the request can't be passed on. */
  readonly code: 400 | 502 | 504;
  readonly reason: string;
}

export function upstreamFailure(error: Error): UpstreamFailure {
  // A stream of HTTP/2 tells of its connection's end, and why that ended by its cause.
  if ('code' in error && error.code === 'ERR_HTTP2_STREAM_CANCEL') {
    return error.cause instanceof Error ? upstreamFailure(error.cause) : { code: 502, reason: 'connection_lost' };
  }
  if (error instanceof errors.ConnectTimeoutError) return { code: 504, reason: 'connect_timeout' };
  if (error instanceof errors.HeadersTimeoutError) return { code: 504, reason: 'response_timeout' };
  if (error instanceof errors.BodyTimeoutError) return { code: 504, reason: 'idle_timeout' };
  if (error instanceof errors.InvalidArgumentError) return { code: 400, reason: 'invalid_request' };
  if (error instanceof errors.HTTPParserError || error instanceof errors.ResponseContentLengthMismatchError) {
    return { code: 502, reason: 'malformed_answer' };
  }
  const code = 'code' in error ? error.code : null;
  if (code === 'ECONNREFUSED') return { code: 502, reason: 'connection_refused' };
  if (code === 'ECONNRESET' || code === 'EPIPE' || code === 'UND_ERR_SOCKET')
    return { code: 502, reason: 'connection_lost' };
  if (code === 'ERR_HTTP2_STREAM_ERROR') return { code: 502, reason: 'stream_reset' };
  if (code === 'ERR_HTTP2_ERROR' || code === 'ERR_HTTP2_SESSION_ERROR')
    return { code: 502, reason: 'malformed_answer' };
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return { code: 502, reason: 'name_not_found' };
  return { code: 502, reason: 'other' };
}
