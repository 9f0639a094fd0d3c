/**
 * Metric source: a Prometheus server (or what speaks its query API: Thanos, Mimir, VictoriaMetrics).
 *
 *     read ─┐
 *     read ─┼─► a few milliseconds ─► one query a shape ─► each reader its own series
 *     read ─┘
 */
import { readFile } from 'node:fs/promises';
import { type Clock, systemClock } from '../lib/clock.ts';
import { messageOf } from '../lib/message-of.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import type { Answer, MetricSource, ReadRequest } from './metric-source.ts';
import { parseQueryReply } from './prometheus-answer.ts';
import { defaultMaxBytes, exchange, type Failure } from './prometheus-http.ts';
import { checkRequest, planQueries, type Query } from './prometheus-plan.ts';
import { gatherBatch, type Outcome, shareOf } from './prometheus-share.ts';

export interface PrometheusOptions {
  readonly name: string;
  /** Of the server, with its path prefix if it has one: the API is at `<url>/api/v1`. */
  readonly url: string;
  readonly intervalMs: number;
  /** Of one whole request, to the last byte. */
  readonly timeoutMs: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** File with a bearer token, read anew for every question; null: none. */
  readonly tokenFile?: string | null;
  /** PEM file of the certificate authority to trust; null: the system's. */
  readonly caFile?: string | null;
  readonly maxBytes?: number;
  /** How long a question waits for others to share its queries. */
  readonly batchMs?: number;
  readonly clock?: Clock;
}

interface Waiting {
  readonly request: ReadRequest;
  readonly resolve: (answer: Answer) => void;
}

export function prometheusSource(options: PrometheusOptions): MetricSource {
  const { name, intervalMs, batchMs = 5 } = options;
  let waiting: Waiting[] = [];
  const flush = (): void => {
    const batch = waiting;
    waiting = [];
    void answerAll(options, batch);
  };
  return {
    name,
    intervalMs,
    moments: 2,
    read: (request) =>
      new Promise((resolve) => {
        if (waiting.length === 0) setTimeout(flush, batchMs);
        waiting.push({ request, resolve });
      }),
  };
}

async function answerAll(options: PrometheusOptions, waiting: readonly Waiting[]): Promise<void> {
  const checked = waiting.map((each) => ({ ...each, problem: checkRequest(each.request) }));
  const queries = planQueries(checked.filter(({ problem }) => problem === null).map(({ request }) => request));
  const outcomes = await askAll(options, queries);
  const batch = gatherBatch(outcomes);
  const receivedAtMs = (options.clock ?? systemClock).wallMs();
  const common = { source: options.name, receivedAtMs };
  for (const { request, problem, resolve } of checked) {
    if (problem !== null) {
      resolve({ kind: 'failed', ...common, reason: 'QueryError', message: problem });
      continue;
    }
    const { series, failures } = shareOf(request, batch);
    const [first] = failures;
    // Nothing at all came: the source is down for this reader, not a few of his metrics.
    if (first !== undefined && outcomes.every(({ result }) => !result.ok))
      resolve({ kind: 'failed', ...common, reason: first.reason, message: first.message });
    else resolve({ kind: 'series', ...common, series, ...(failures.length > 0 ? { failures } : {}) });
  }
}

async function askAll(options: PrometheusOptions, queries: readonly Query[]): Promise<readonly Outcome[]> {
  const credentials = await readCredentials(options);
  return Promise.all(
    queries.map(async (query) => ({
      query,
      result: credentials.ok ? await ask(options, query, credentials.value) : credentials,
    })),
  );
}

interface Credentials {
  readonly token: string | null;
  readonly ca: string | null;
}

async function ask(options: PrometheusOptions, query: Query, { token, ca }: Credentials): Promise<Outcome['result']> {
  const { url, timeoutMs, headers = {}, maxBytes = defaultMaxBytes } = options;
  const place = `${url.replace(/\/+$/, '')}/api/v1/query`;
  const reply = await exchange({
    url: place,
    socketPath: null,
    form: { query: query.promql, timeout: `${Math.ceil(timeoutMs)}ms` },
    headers: {
      accept: 'application/json',
      ...headers,
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    },
    timeoutMs,
    maxBytes,
    ca,
  });
  return reply.ok ? parseQueryReply(reply.value, options.name) : reply;
}

/** Read every time: tokens and certificates are renewed while we run. */
async function readCredentials({
  tokenFile = null,
  caFile = null,
}: PrometheusOptions): Promise<Result<Credentials, Failure>> {
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
