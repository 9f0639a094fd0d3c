/** One question to a server that speaks Prometheus' query API, with its credentials as they are now. */
import { readFile } from 'node:fs/promises';
import { messageOf } from '../lib/message-of.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import { defaultMaxBytes, exchange, type Failure, type Reply } from './prometheus-http.ts';

export interface PrometheusServer {
  readonly name: string;
  /** Of the server, with its path prefix if it has one: the API is at `<url>/api/v1`. */
  readonly url: string;
  /** Of one whole request, to the last byte. */
  readonly timeoutMs: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** File with a bearer token, read anew for every question; null: none. */
  readonly tokenFile?: string | null;
  /** PEM file of the certificate authority to trust; null: the system's. */
  readonly caFile?: string | null;
  readonly maxBytes?: number;
}

export interface Credentials {
  readonly token: string | null;
  readonly ca: string | null;
}

export interface Question {
  /** Below `/api/v1/`. */
  readonly path: 'query' | 'query_range';
  readonly form: Readonly<Record<string, string>>;
}

export function askPrometheus(
  { url, timeoutMs, headers = {}, maxBytes = defaultMaxBytes }: PrometheusServer,
  { path, form }: Question,
  { token, ca }: Credentials,
): Promise<Result<Reply, Failure>> {
  return exchange({
    url: `${url.replace(/\/+$/, '')}/api/v1/${path}`,
    socketPath: null,
    form: { ...form, timeout: `${Math.ceil(timeoutMs)}ms` },
    headers: {
      accept: 'application/json',
      ...headers,
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    },
    timeoutMs,
    maxBytes,
    ca,
  });
}

/** Read every time: tokens and certificates are renewed while we run. */
export async function readCredentials({
  tokenFile = null,
  caFile = null,
}: PrometheusServer): Promise<Result<Credentials, Failure>> {
  const token = await readIfGiven(tokenFile);
  if (!token.ok) return token;
  const ca = await readIfGiven(caFile);
  return ca.ok ? ok({ token: token.value === null ? null : token.value.trim(), ca: ca.value }) : ca;
}

async function readIfGiven(path: string | null): Promise<Result<string | null, Failure>> {
  if (path === null) return ok(null);
  try {
    return ok(await readFile(path, 'utf8'));
  } catch (error) {
    const why = messageOf(error);
    return failed({ reason: 'Unauthorized', message: `cannot read a credential of the metric source: ${why}` });
  }
}
