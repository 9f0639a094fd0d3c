/** One HTTP exchange as the Prometheus world has it: text in, bounded in time and in size, errors as values. */
import { Agent } from 'node:https';
import axios, { AxiosError, type AxiosRequestConfig } from 'axios';
import { formatDuration } from '../lib/duration.ts';
import { messageOf } from '../lib/message-of.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import { masked, secretsInHeaders } from '../lib/secret/masked.ts';
import type { ReadFailure } from './metric-source.ts';

export interface Exchange {
  readonly url: string;
  /** Path of a Unix socket to speak to instead of the URL's host; null: none. */
  readonly socketPath: string | null;
  /** Posted as a form; null: a GET. */
  readonly form: Readonly<Record<string, string>> | null;
  readonly headers: Readonly<Record<string, string>>;
  /** For all of it: connection, headers, and the last byte of the body. */
  readonly timeoutMs: number;
  /** Of the body, after decompression. */
  readonly maxBytes: number;
  /** Certificate authority to trust, PEM; null: the system's. */
  readonly ca: string | null;
  /** Ends it before its time. */
  readonly signal?: AbortSignal | undefined;
}

/** Where a server is, and what is said to it each time. */
export interface HttpServer {
  /** With its path prefix if it has one. */
  readonly url: string;
  /** Of one whole request, to the last byte. */
  readonly timeoutMs: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly maxBytes?: number;
}

export interface Credentials {
  readonly token: string | null;
  readonly ca: string | null;
}

export interface Wanted extends Pick<Exchange, 'form' | 'signal'> {
  /** Below the server's address. */
  readonly path: string;
}

export interface Failure {
  readonly reason: ReadFailure;
  readonly message: string;
}

export interface Reply {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** What a metric source of reasonable size never exceeds. */
export const defaultMaxBytes = 16 * 1024 * 1024;

/** One request with the server's credentials. What it throws back of them is masked before anybody reads it. */
export async function askServer(
  { url, timeoutMs, headers = {}, maxBytes = defaultMaxBytes }: HttpServer,
  { path, form, signal }: Wanted,
  { token, ca }: Credentials,
): Promise<Result<Reply, Failure>> {
  const secrets = [...secretsInHeaders(headers), ...(token === null ? [] : [token])];
  const answered = await exchange({
    url: `${url.replace(/\/+$/, '')}${path}`,
    socketPath: null,
    form,
    headers: {
      accept: 'application/json',
      ...headers,
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    },
    ...{ timeoutMs, maxBytes, ca, signal },
  });
  if (secrets.length === 0) return answered;
  return answered.ok
    ? ok({ ...answered.value, body: masked(answered.value.body, secrets) })
    : failed({ ...answered.error, message: masked(answered.error.message, secrets) });
}

/** A reply of any status but a redirect or a refusal (401, 403); never rejects. */
export async function exchange(given: Exchange): Promise<Result<Reply, Failure>> {
  const deadline = AbortSignal.timeout(given.timeoutMs);
  try {
    const signal = given.signal === undefined ? deadline : AbortSignal.any([deadline, given.signal]);
    const { status, headers, data } = await axios.request<string>(configOf(given, signal));
    const reply: Reply = { status, contentType: String(headers['content-type'] ?? ''), body: data };
    return refusal(given, reply, String(headers['location'] ?? '')) ?? ok(reply);
  } catch (error) {
    return failed(deadline.aborted ? tooLate(given) : failureOf(given, error));
  }
}

const configOf = (
  { url, socketPath, form, headers, maxBytes, ca }: Exchange,
  signal: AbortSignal,
): AxiosRequestConfig => ({
  url,
  signal,
  method: form === null ? 'GET' : 'POST',
  ...(form === null ? {} : { data: new URLSearchParams(form).toString() }),
  headers: { ...(form === null ? {} : { 'content-type': 'application/x-www-form-urlencoded' }), ...headers },
  ...(socketPath === null ? {} : { socketPath }),
  ...(ca === null ? {} : { httpsAgent: new Agent({ ca }) }),
  responseType: 'text',
  transformResponse: (body: string) => body,
  validateStatus: () => true,
  maxContentLength: maxBytes,
  // A redirect could lead a credential anywhere; metrics are close by, and no proxy of the environment is meant for them.
  maxRedirects: 0,
  proxy: false,
});

/** The address without what may be secret in it. */
const placeOf = ({ url, socketPath }: Pick<Exchange, 'url' | 'socketPath'>): string => {
  if (!URL.canParse(url)) return url.split('?')[0] || 'nowhere';
  const { origin, pathname } = new URL(url);
  return socketPath === null ? `${origin}${pathname}` : `unix:${socketPath}:${pathname}`;
};

const tooLate = (given: Exchange): Failure => ({
  reason: 'Timeout',
  message: `no complete answer from ${placeOf(given)} within ${formatDuration(given.timeoutMs)}`,
});

function failureOf(given: Exchange, error: unknown): Failure {
  const place = placeOf(given);
  const message = messageOf(error);
  if (error instanceof AxiosError && message.startsWith('maxContentLength'))
    return { reason: 'TooLarge', message: `the answer of ${place} is larger than ${given.maxBytes} bytes` };
  const code = error instanceof AxiosError ? error.code : undefined;
  return { reason: 'Unreachable', message: `${place}: ${[code, message].filter((part) => part).join(' ')}` };
}

function refusal(
  given: Exchange,
  { status }: Reply,
  location: string,
): { readonly ok: false; readonly error: Failure } | null {
  const place = placeOf(given);
  if (status === 401 || status === 403)
    return failed({ reason: 'Unauthorized', message: `${place} answered ${status}: check the token file and headers` });
  if (status >= 300 && status < 400)
    return failed({
      reason: 'Malformed',
      message: `${place} redirects to ${placeOf({ url: location, socketPath: null })} (${status}); redirects are not followed: give the final address`,
    });
  return null;
}
