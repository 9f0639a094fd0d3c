/** What the API server answered instead of what was asked for: the one place that names it. */
import { z } from 'zod';
import type { Problem } from '../lib/result.ts';

export type KubeReason =
  | 'NotFound'
  | 'AlreadyExists'
  /** Somebody else wrote since it was read. */
  | 'Conflict'
  /** A watch or a page of a list began too long ago: list anew. */
  | 'Gone'
  /** The object is not as its schema wants it, or a test of a JSON patch failed: read it to tell which. */
  | 'Invalid'
  | 'Forbidden'
  | 'Unauthorized'
  /** Too many requests: nothing was done, come back later. */
  | 'Throttled'
  /** Asked in a way that the server does not take. */
  | 'BadRequest'
  /** A read failed inside the server. */
  | 'ServerError'
  /** A write may have landed, or may still land. */
  | 'Unknown'
  /** A read without an answer, or a write that was never sent. */
  | 'Unreachable'
  /** An answer that is not what the API says it is. */
  | 'Garbled';

export interface KubeProblem extends Problem {
  readonly reason: KubeReason;
  /** HTTP status; null: no answer. */
  readonly code: number | null;
  /** How long the server wants to be left alone; null: it did not say. */
  readonly retryAfterMs: number | null;
}

/** What was asked for, for people and for what an answer means. */
export interface Asked {
  readonly method: string;
  readonly path: string;
}

export interface Answered {
  readonly code: number;
  readonly text: string;
  readonly retryAfter: string | undefined;
}

const statusObject = z.looseObject({
  kind: z.literal('Status'),
  reason: z.string().optional(),
  message: z.string().optional(),
  code: z.int().optional(),
  details: z.looseObject({ retryAfterSeconds: z.number().optional() }).optional(),
});

const byCode: Readonly<Record<number, KubeReason>> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  409: 'Conflict',
  410: 'Gone',
  422: 'Invalid',
  429: 'Throttled',
};

const retryable: ReadonlySet<KubeReason> = new Set([
  'Conflict',
  'Gone',
  'Throttled',
  'ServerError',
  'Unknown',
  'Unreachable',
  'Garbled',
]);

export const kubeProblem = (
  reason: KubeReason,
  message: string,
  of: { readonly code?: number; readonly retryAfterMs?: number | null } = {},
): KubeProblem => ({
  reason,
  message,
  retryable: retryable.has(reason),
  code: of.code ?? null,
  retryAfterMs: of.retryAfterMs ?? null,
});

export const isRead = ({ method }: Asked): boolean => method === 'GET';

/** Of an answer that is none of success. */
export function problemOfAnswer(asked: Asked, { code, text, retryAfter }: Answered): KubeProblem {
  const status = statusOf(text);
  const said = status?.message ?? text.slice(0, 200);
  const message = `${asked.method} ${asked.path}: ${code}${said === '' ? '' : ` ${said}`}`;
  return kubeProblem(reasonOf(asked, code, status?.reason), message, {
    code,
    retryAfterMs: secondsToMs(retryAfter ?? status?.details?.retryAfterSeconds),
  });
}

/** Of an ERROR event in a watch; null: it is no status. */
export function problemOfStatus(asked: Asked, value: unknown): KubeProblem | null {
  const status = statusObject.safeParse(value);
  if (!status.success) return null;
  return problemOfAnswer(asked, { code: status.data.code ?? 500, text: JSON.stringify(value), retryAfter: undefined });
}

function reasonOf(asked: Asked, code: number, said: string | undefined): KubeReason {
  if (code === 409 && said === 'AlreadyExists') return 'AlreadyExists';
  const known = byCode[code];
  if (known !== undefined) return known;
  // A server that failed on the way, or whose etcd did, may have done it all the same.
  if (code >= 500) return isRead(asked) ? 'ServerError' : 'Unknown';
  return code < 400 ? 'Garbled' : 'BadRequest';
}

function statusOf(text: string): z.output<typeof statusObject> | null {
  try {
    return statusObject.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

function secondsToMs(seconds: string | number | undefined): number | null {
  const value = Number(seconds ?? Number.NaN);
  return Number.isFinite(value) && value >= 0 ? value * 1_000 : null;
}
