/** gRPC's own statuses: their names as metrics have them, and what they are where HTTP failed instead. */

/** By number, as Go's interceptors name them. */
const names = [
  'OK',
  'Canceled',
  'Unknown',
  'InvalidArgument',
  'DeadlineExceeded',
  'NotFound',
  'AlreadyExists',
  'PermissionDenied',
  'ResourceExhausted',
  'FailedPrecondition',
  'Aborted',
  'OutOfRange',
  'Unimplemented',
  'Internal',
  'Unavailable',
  'DataLoss',
  'Unauthenticated',
] as const;

export type GrpcCode = (typeof names)[number];

/** `grpc-status` of trailers; a call that ends without one has failed. */
export const grpcCodeOf = (status: unknown): GrpcCode => names[Number(status ?? Number.NaN)] ?? 'Unknown';

export const grpcNumberOf = (code: GrpcCode): number => names.indexOf(code);

/** What an answer of HTTP means that is none of gRPC. */
const ofHttp: Readonly<Record<number, GrpcCode>> = {
  400: 'Internal',
  401: 'Unauthenticated',
  403: 'PermissionDenied',
  404: 'Unimplemented',
  429: 'Unavailable',
  502: 'Unavailable',
  503: 'Unavailable',
  504: 'Unavailable',
};

export const grpcCodeOfHttp = (status: number): GrpcCode => ofHttp[status] ?? 'Unknown';

const perUnitMs: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1_000, m: 1, u: 0.001, n: 0.000_001 };

/** `grpc-timeout` in milliseconds; infinite where there is none. */
export function grpcTimeoutMs(text: unknown): number {
  const [, count, unit = ''] = /^(\d{1,8})([HMSmun])$/.exec(String(text)) ?? [];
  return count === undefined ? Number.POSITIVE_INFINITY : Number(count) * (perUnitMs[unit] ?? Number.POSITIVE_INFINITY);
}

export const isGrpc = (contentType: string | undefined): boolean =>
  contentType !== undefined && /^application\/grpc(?:[+;]|$)/i.test(contentType);
