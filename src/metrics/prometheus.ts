/**
 * Metric source: a Prometheus server (or what speaks its query API: Thanos, Mimir, VictoriaMetrics).
 *
 *     read ─┐
 *     read ─┼─► a few milliseconds ─► one query a shape ─► each reader its own series
 *     read ─┘
 */
import { type Clock, systemClock } from '../lib/clock.ts';
import type { Answer, MetricSource, ReadRequest } from './metric-source.ts';
import { withAlertQueries, withAlerts } from './prometheus-alerts.ts';
import { parseQueryReply } from './prometheus-answer.ts';
import { askPrometheus, type PrometheusServer, readCredentials } from './prometheus-ask.ts';
import { checkRequest, planQueries, type Query } from './prometheus-plan.ts';
import { gatherBatch, type Outcome, shareOf } from './prometheus-share.ts';

export interface PrometheusOptions extends PrometheusServer {
  readonly intervalMs: number;
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
    moments: intervalMs <= 2_000 ? 4 : 2,
    read: (request) =>
      new Promise((resolve) => {
        if (waiting.length === 0) setTimeout(flush, batchMs);
        waiting.push({ request, resolve });
      }),
  };
}

async function answerAll(options: PrometheusOptions, waiting: readonly Waiting[]): Promise<void> {
  const checked = waiting.map(({ request: asked, resolve }) => {
    const request = withAlertQueries(asked);
    return { request, resolve, problem: checkRequest(request) };
  });
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
    const { series, failures, alerts } = withAlerts(shareOf(request, batch), request.alerts ?? []);
    const [first] = failures;
    // Nothing at all came: the source is down for this reader, not a few of his metrics.
    if (first !== undefined && outcomes.every(({ result }) => !result.ok))
      resolve({ kind: 'failed', ...common, reason: first.reason, message: first.message });
    else resolve({ kind: 'series', ...common, series, alerts, ...(failures.length > 0 ? { failures } : {}) });
  }
}

async function askAll(options: PrometheusOptions, queries: readonly Query[]): Promise<readonly Outcome[]> {
  const credentials = await readCredentials(options);
  const ask = async (query: Query): Promise<Outcome['result']> => {
    if (!credentials.ok) return credentials;
    const reply = await askPrometheus(options, { path: 'query', form: { query: query.promql } }, credentials.value);
    return reply.ok ? parseQueryReply(reply.value, options.name) : reply;
  };
  return Promise.all(queries.map(async (query) => ({ query, result: await ask(query) })));
}
