/** What each producer of request counters calls its series, by the protocol that is spoken over it. */
import type { Selector } from './sli.ts';

export const protocols = ['http', 'grpc', 'grpc-stream'] as const;
export type Protocol = (typeof protocols)[number];

/** Whose counters say how requests went. */
export const requestPresets = [
  'app',
  'proxy',
  'envoy',
  'istio',
  'istio-envoy',
  'istio-ambient',
  'traefik',
  'haproxy',
] as const;
export type RequestPreset = (typeof requestPresets)[number];

export interface RequestMetrics {
  readonly bad: Selector;
  readonly total: Selector;
  /** null: the producer keeps no histogram of response times. */
  readonly histogram: Selector | null;
  readonly unitsPerSecond: number;
}

const one = (metric: string, label: string, value: string): Selector => ({
  metric,
  matchers: [{ label, op: '=', value }],
});

const all = (metric: string): Selector => ({ metric, matchers: [] });

/** Of these, the ones whose label fits the pattern. */
const of = ({ metric, matchers }: Selector, label: string, pattern: string): Selector => ({
  metric,
  matchers: [...matchers, { label, op: '=~', value: pattern }],
});

const byCode = (requests: string, histogram: string): RequestMetrics => ({
  bad: of(all(requests), 'code', '5..'),
  total: all(requests),
  histogram: all(histogram),
  unitsPerSecond: 1,
});

/** Status classes of which the server is to blame; what a client asked wrongly, or gave up, is not among them. */
const failedCodes = {
  Unknown: 2,
  DeadlineExceeded: 4,
  Unimplemented: 12,
  Internal: 13,
  Unavailable: 14,
  DataLoss: 15,
} as const;

/** As Go's interceptors write them, and Java's: `DeadlineExceeded`, `DEADLINE_EXCEEDED`. */
const codeNames = Object.keys(failedCodes)
  .flatMap((name) => [name, name.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase()])
  .join('|');

const codeNumbers = Object.values(failedCodes).join('|');

const handled = 'grpc_server_handled_total';
const calls = 'unary|UNARY';
const streams = '.*(stream|STREAMING)';

const app: Readonly<Record<Protocol, RequestMetrics>> = {
  http: byCode('http_requests_total', 'http_request_duration_seconds'),
  grpc: {
    bad: of(of(all(handled), 'grpc_type', calls), 'grpc_code', codeNames),
    total: of(all(handled), 'grpc_type', calls),
    histogram: of(all('grpc_server_handling_seconds'), 'grpc_type', calls),
    unitsPerSecond: 1,
  },
  'grpc-stream': {
    bad: of(of(all(handled), 'grpc_type', streams), 'grpc_code', codeNames),
    total: of(all('grpc_server_started_total'), 'grpc_type', streams),
    histogram: null,
    unitsPerSecond: 1,
  },
};

/** A sidecar or gateway that sends (`source`) sees connections that failed, too: nothing answered is code 0. */
const istio = (reporter: 'source' | 'waypoint'): Readonly<Partial<Record<Protocol, RequestMetrics>>> => {
  const total = one('istio_requests_total', 'reporter', reporter);
  const histogram = one('istio_request_duration_milliseconds', 'reporter', reporter);
  const grpc = ({ metric, matchers }: Selector): Selector => ({
    metric,
    matchers: [...matchers, { label: 'request_protocol', op: '=', value: 'grpc' }],
  });
  return {
    http: { bad: of(total, 'response_code', '5..|0'), total, histogram, unitsPerSecond: 1000 },
    grpc: {
      bad: of(grpc(total), 'grpc_response_status', codeNumbers),
      total: grpc(total),
      histogram: grpc(histogram),
      unitsPerSecond: 1000,
    },
  };
};

const requestMetrics: Readonly<Record<RequestPreset, Readonly<Partial<Record<Protocol, RequestMetrics>>>>> = {
  app,
  // The built-in proxy counts a failed connection as a 502 of the backend.
  proxy: {
    http: byCode('sluice_proxy_requests_total', 'sluice_proxy_request_duration_seconds'),
    grpc: {
      bad: of(all('sluice_proxy_grpc_calls_total'), 'grpc_code', codeNames),
      total: all('sluice_proxy_grpc_calls_total'),
      histogram: all('sluice_proxy_grpc_call_duration_seconds'),
      unitsPerSecond: 1,
    },
  },
  // Envoy's cluster statistics. `completed` is counted with the response class, and so includes the 503 of a failed
  // connection; `upstream_rq_total` leaves those out. Its gRPC counters know success and failure, and blame nobody.
  envoy: {
    http: {
      bad: one('envoy_cluster_upstream_rq_xx', 'envoy_response_code_class', '5'),
      total: all('envoy_cluster_upstream_rq_completed'),
      histogram: all('envoy_cluster_upstream_rq_time'),
      unitsPerSecond: 1000,
    },
  },
  // The same statistics with the tags of Istio's bootstrap: the class is cut off the name, and `5xx` in a label.
  'istio-envoy': {
    http: {
      bad: one('envoy_cluster_upstream_rq', 'response_code_class', '5xx'),
      total: all('envoy_cluster_upstream_rq_completed'),
      histogram: all('envoy_cluster_upstream_rq_time'),
      unitsPerSecond: 1000,
    },
  },
  istio: istio('source'),
  'istio-ambient': istio('waypoint'),
  // A service's counters have the 502 and 504 of a failed connection among their codes.
  traefik: { http: byCode('traefik_service_requests_total', 'traefik_service_request_duration_seconds') },
  // Counted by class, as the server answered. HAProxy keeps averages of times, and no histogram.
  haproxy: {
    http: {
      bad: one('haproxy_server_http_responses_total', 'code', '5xx'),
      total: all('haproxy_server_http_responses_total'),
      histogram: null,
      unitsPerSecond: 1,
    },
  },
};

/** null: the producer has no such series. */
export const requestMetricsOf = (preset: RequestPreset, protocol: Protocol): RequestMetrics | null =>
  requestMetrics[preset][protocol] ?? null;

/** Labels that name the route, for producers that can have one. */
const routeLabels: Readonly<Partial<Record<RequestPreset, Readonly<Partial<Record<Protocol, string>>>>>> = {
  app: { http: 'route', grpc: 'grpc_method', 'grpc-stream': 'grpc_method' },
  // Labels may be added to these; there is none by default.
  envoy: {},
  istio: {},
  'istio-envoy': {},
  'istio-ambient': {},
  traefik: {},
};

/** By protocol, for what has one by default; null: the producer does not count by route at all. */
export const routeLabelsOf = (preset: RequestPreset): Readonly<Partial<Record<Protocol, string>>> | null =>
  routeLabels[preset] ?? null;
