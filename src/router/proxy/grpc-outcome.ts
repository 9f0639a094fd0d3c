/** How a gRPC call stands, or ended: gRPC's status, and what it would be in HTTP. */
import type { IncomingHttpHeaders, IncomingHttpStatusHeader } from 'node:http2';
import type { Turn } from './grpc-patience.ts';
import { type GrpcCode, grpcCodeOf, grpcCodeOfHttp } from './grpc-status.ts';

export interface GrpcOutcome {
  readonly code: GrpcCode;
  readonly http: number;
}

const userLeft = 499;

/** A user gives up a little before or after the time that was allowed. */
const nearly = 0.95;

/** Told by the head of an answer; null: the trailers will tell. */
export function outcomeOfHead(headers: IncomingHttpHeaders & IncomingHttpStatusHeader): GrpcOutcome | null {
  const [status, http] = [headers['grpc-status'], headers[':status'] ?? 0];
  if (status !== undefined) return { code: grpcCodeOf(status), http };
  return http === 200 ? null : { code: grpcCodeOfHttp(http), http };
}

export const noStatus: GrpcOutcome = { code: 'Unknown', http: 200 };

/** Of a user who took the call back: because its time was over, or for other reasons. */
export const outcomeOfLeaving = (afterMs: number, allowedMs: number): GrpcOutcome => ({
  code: afterMs >= nearly * allowedMs ? 'DeadlineExceeded' : 'Canceled',
  http: userLeft,
});

/** Of a call that stands still, and why: only an instance that owes its answer is to blame. */
export const stoodStill = {
  unsent: { outcome: { code: 'Aborted', http: 408 }, message: 'the rest of a message took too long to come' },
  idle: { outcome: { code: 'Aborted', http: 408 }, message: 'nothing was said for too long' },
  unanswered: { outcome: { code: 'DeadlineExceeded', http: 504 }, message: 'the service took too long to answer' },
} as const satisfies Partial<Record<Turn, { readonly outcome: GrpcOutcome; readonly message: string }>>;
