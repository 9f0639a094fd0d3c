/** Every error of the API is JSON with a machine reason and a sentence; and its status follows from the reason alone. */
import type { ErrorRequestHandler, Request, Response } from 'express';
import type { Problem } from '../lib/result.ts';
import type { Logger } from '../telemetry/logger.ts';

const statuses: Readonly<Record<string, number>> = {
  Invalid: 400,
  Ambiguous: 400,
  Unauthorized: 401,
  Forbidden: 403,
  NotAllowed: 403,
  NotIdentified: 403,
  NotFound: 404,
  MethodNotAllowed: 405,
  TooLarge: 413,
  NotJson: 415,
  Misdirected: 421,
  Internal: 500,
  Unavailable: 503,
};

const statusOf = ({ reason, retryable }: Problem): number => statuses[reason] ?? (retryable ? 503 : 409);

/** A refused body is not read: the connection ends with the answer. */
const isUnread = ({ complete, headers }: Request): boolean =>
  !complete && (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0);

export const refuse = (request: Request, response: Response, problem: Problem): void => {
  const status = statusOf(problem);
  if (isUnread(request)) response.set('Connection', 'close');
  if (status === 401) response.set('WWW-Authenticate', 'Bearer');
  if (status === 503) response.set('Retry-After', '1');
  response.status(status).json({ reason: problem.reason, message: problem.message });
};

export const notFound = (request: Request, response: Response): void =>
  refuse(request, response, {
    reason: 'NotFound',
    message: `there is nothing at ${request.path}; the API begins at /api/v1/releases`,
    retryable: false,
  });

/** What express and its parsers throw, and what we did not think of. */
export const errorHandler =
  (log: Logger): ErrorRequestHandler =>
  // eslint-disable-next-line @typescript-eslint/max-params -- express counts them
  (error: unknown, request, response, next) => {
    if (response.headersSent) next(error);
    else refuse(request, response, problemIn(error) ?? unforeseen(log, { error, path: request.path }));
  };

const unforeseen = (log: Logger, { error, path }: { readonly error: unknown; readonly path: string }): Problem => {
  log.error({ err: error, path }, 'a request failed in a way nobody thought of');
  return { reason: 'Internal', message: 'it failed here; the log says more', retryable: false };
};

export const maxBodyBytes = 65_536;

export const tooLarge: Problem = {
  reason: 'TooLarge',
  message: `the body is larger than ${maxBodyBytes / 1024} KiB`,
  retryable: false,
};

/** Null: no fault of the request. */
const problemIn = (error: unknown): Problem | null => {
  if (!(error instanceof Error) || !('status' in error) || typeof error.status !== 'number') return null;
  if (error.status === 413) return tooLarge;
  if (error.status >= 500) return null;
  return { reason: 'Invalid', message: `the request is not accepted: ${error.message}`, retryable: false };
};
