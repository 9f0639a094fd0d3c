/** A server that speaks Prometheus' query API as a test wants it, and remembers what it was asked. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { MetricSource } from '../../src/metrics/metric-source.ts';
import { type PrometheusOptions, prometheusSource } from '../../src/metrics/prometheus.ts';
import { startUpstream } from './upstream.ts';

export interface QueryServer {
  readonly url: string;
  readonly queries: readonly string[];
  readonly seen: readonly IncomingMessage[];
}

export async function queryServer(answer: (query: string, response: ServerResponse) => void): Promise<QueryServer> {
  const queries: string[] = [];
  const upstream = await startUpstream((incoming, response) => {
    let body = '';
    incoming.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    incoming.on('end', () => {
      const query = new URLSearchParams(body).get('query') ?? '';
      queries.push(query);
      answer(query, response);
    });
  });
  return { url: upstream.origin, queries, seen: upstream.seen };
}

export const json = (response: ServerResponse, body: unknown): void =>
  void response.setHeader('content-type', 'application/json').end(JSON.stringify(body));

export const matrix = (...result: readonly object[]): object => ({
  status: 'success',
  data: { resultType: 'matrix', result },
});

export const sourceAt = (url: string, more: Partial<PrometheusOptions> = {}): MetricSource =>
  prometheusSource({ name: 'main', url, intervalMs: 1_000, timeoutMs: 10_000, ...more });
