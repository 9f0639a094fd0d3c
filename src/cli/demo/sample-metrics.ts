/** What the sample service exposes: the counters and the histogram that web frameworks' Prometheus middleware expose. */
import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';

export interface SampleMetrics {
  readonly contentType: string;
  /** Counts one answered request. */
  answered(request: { readonly method: string; readonly code: number; readonly seconds: number }): void;
  text(): Promise<string>;
}

const latencyBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Metrics in a registry of their own, labelled method, code, version, with process metrics beside them. */
export function sampleMetrics(version: string): SampleMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const labelNames = ['method', 'code', 'version'] as const;
  const requests = new Counter({
    name: 'http_requests_total',
    help: 'Requests answered.',
    labelNames,
    registers: [registry],
  });
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Seconds from the request to the end of its answer.',
    labelNames,
    buckets: latencyBuckets,
    registers: [registry],
  });
  // A series that is born with its first error hides that error from increase(): let both exist from the start.
  for (const code of ['200', '500']) requests.inc({ method: 'GET', code, version }, 0);
  return {
    contentType: registry.contentType,
    answered: ({ method, code, seconds }) => {
      const labels = { method, code: String(code), version };
      requests.inc(labels);
      duration.observe(labels, seconds);
    },
    text: () => registry.metrics(),
  };
}
