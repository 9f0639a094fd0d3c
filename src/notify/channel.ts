/** What a service is sent for a notice, as data, and how its answers are read: no I/O, and no secret but those handed in. */
import type { Notice } from './message.ts';

export interface Call {
  readonly method: 'POST' | 'PATCH';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Exactly the bytes that are sent: signatures are over them. */
  readonly body: string;
}

export interface Reply {
  readonly status: number;
  /** Parsed where it is JSON, else the text. */
  readonly body: unknown;
  /** As the service asks for; null: it does not. */
  readonly retryAfterMs: number | null;
}

/** Ids that earlier messages about the same thing got from the service. */
export type Kept = Readonly<Record<string, string>>;

export interface Telling {
  readonly notice: Notice;
  /** null: nothing was sent about this yet. */
  readonly kept: Kept | null;
  /** Calls for this notice that were taken already. */
  readonly done: number;
  /** No later notice about the same thing waits: what shows the present state need not be sent for any other. */
  readonly isLatest: boolean;
  /** Epoch milliseconds. */
  readonly nowMs: number;
}

export type Reading =
  | { readonly kind: 'taken'; readonly kept: Kept | null }
  /** The earlier message is not there any more: a new one is to be begun. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'later' | 'refused'; readonly why: string };

export interface Channel {
  /** The next call that tells the notice; null: there is none (any more). */
  next(telling: Telling): Call | null;
  read(reply: Reply, telling: Telling): Reading;
}

export const jsonCall = (url: string, body: unknown, headers: Call['headers'] = {}): Call => ({
  method: 'POST',
  url,
  headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  body: JSON.stringify(body),
});

/** What a status of HTTP means to a sender: once more for 408, 429 and from 500 on. */
export function readStatus({ body, status }: Reply, kept: Kept | null = null): Reading {
  if (status >= 200 && status < 300) return { kind: 'taken', kept };
  const said = typeof body === 'string' ? body : (JSON.stringify(body) as string | undefined);
  const why = `answered ${status}${said === '' || said === undefined ? '' : `: ${said.replace(/\s+/g, ' ').slice(0, 200)}`}`;
  return { kind: status === 408 || status === 429 || status >= 500 ? 'later' : 'refused', why };
}

/** A field of a reply, as text; empty: it is not there. */
export const replyText = ({ body }: Reply, field: string): string => {
  const value =
    typeof body === 'object' && body !== null ? (body as Readonly<Record<string, unknown>>)[field] : undefined;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
};
