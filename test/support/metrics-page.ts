/** A process's /metrics whose numbers the test sets: a real HTTP server that Prometheus or a scrape can read. */
import type { Labels } from '../../src/metrics/series.ts';
import { type AtEnd, atTestEnd } from './at-end.ts';
import { startUpstream } from './upstream.ts';

export interface MetricsPage {
  /** host:port */
  readonly instance: string;
  readonly url: string;
  set(metric: string, labels: Labels, value: number): void;
  /** Adds 1, or more. */
  add(metric: string, labels: Labels, amount?: number): void;
  text(): string;
  /** As after a restart: nothing is counted yet, and the process is new. */
  restart(startSeconds: number): void;
  close(): Promise<void>;
}

const lineOf = (metric: string, labels: Labels): string =>
  `${metric}{${Object.entries(labels)
    .map(([label, value]) => `${label}=${JSON.stringify(value)}`)
    .join(',')}}`;

export async function metricsPage(atEnd: AtEnd = atTestEnd): Promise<MetricsPage> {
  const lines = new Map<string, number>();
  const restart = (startSeconds: number): void => {
    lines.clear();
    lines.set('process_start_time_seconds', startSeconds);
  };
  restart(1_700_000_000);
  const text = (): string => [...lines].map(([line, value]) => `${line} ${value}\n`).join('');
  const server = await startUpstream((_request, response) => {
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(text());
  }, atEnd);
  const instance = `127.0.0.1:${server.port}`;
  return {
    instance,
    url: `http://${instance}/metrics`,
    set: (metric, labels, value) => void lines.set(lineOf(metric, labels), value),
    add: (metric, labels, amount = 1) => {
      const line = lineOf(metric, labels);
      lines.set(line, (lines.get(line) ?? 0) + amount);
    },
    text,
    restart,
    close: () => server.close(),
  };
}
