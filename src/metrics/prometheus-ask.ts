/** One question to a server that speaks Prometheus' query API, with its credentials as they are now. */
import { readFile } from 'node:fs/promises';
import { messageOf } from '../lib/message-of.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import { askServer, type Credentials, type Failure, type HttpServer, type Reply } from './prometheus-http.ts';

export interface PrometheusServer extends HttpServer {
  readonly name: string;
  /** File with a bearer token, read anew for every question; null: none. */
  readonly tokenFile?: string | null;
  /** PEM file of the certificate authority to trust; null: the system's. */
  readonly caFile?: string | null;
}

export interface Question {
  /** Below `/api/v1/`. */
  readonly path: 'query' | 'query_range';
  readonly form: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

export const askPrometheus = (
  server: PrometheusServer,
  { path, form, signal }: Question,
  credentials: Credentials,
): Promise<Result<Reply, Failure>> => {
  const timeout = `${Math.ceil(server.timeoutMs)}ms`;
  return askServer(server, { path: `/api/v1/${path}`, form: { ...form, timeout }, signal }, credentials);
};

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
