/** Whether a request may be sent to another instance after the first has failed it: only where nothing can happen twice. */
import type { PassThrough } from 'node:stream';

/** The instance has seen nothing of it. */
const unreached = new Set(['connection_refused', 'connect_timeout', 'name_not_found']);

/** The instance is at fault, not the request. */
const lost = new Set([...unreached, 'connection_lost']);

/** RFC 9110 section 9.2.2: sent twice they mean the same, and these have no body by custom. */
const idempotent = new Set(['GET', 'HEAD', 'OPTIONS']);

export const isUnreached = (reason: string): boolean => unreached.has(reason);

export const isInstanceLost = (reason: string): boolean => lost.has(reason);

export interface Failed {
  readonly reason: string;
  readonly method: string;
  readonly body: PassThrough | null;
}

export function mayTryAgain({ reason, method, body }: Failed): boolean {
  if (isUnreached(reason)) return body?.readableDidRead !== true;
  return reason === 'connection_lost' && body === null && idempotent.has(method);
}
