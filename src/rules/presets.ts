/** Where the well-known measures come from: the metric names of each kind of producer. */
import type { Measured, Resource } from './measure.ts';
import type { Selector, Sli } from './sli.ts';

/** Whose counters say how requests went. */
export type RequestPreset = 'app' | 'proxy' | 'envoy';
/** Whose gauges say how much is used. */
export type ResourcePreset = 'host' | 'cadvisor';
export type Preset = RequestPreset | ResourcePreset;

export const requestPresets = ['app', 'proxy', 'envoy'] as const satisfies readonly RequestPreset[];
export const resourcePresets = ['host', 'cadvisor'] as const satisfies readonly ResourcePreset[];
export const presets = [...requestPresets, ...resourcePresets] as const;

interface RequestMetrics {
  readonly bad: Selector;
  readonly total: Selector;
  readonly histogram: Selector;
  readonly unitsPerSecond: number;
}

const all = (metric: string): Selector => ({ metric, matchers: [] });

const serverErrors = (metric: string): Selector => ({ metric, matchers: [{ label: 'code', op: '=~', value: '5..' }] });

const requestMetrics: Readonly<Record<RequestPreset, RequestMetrics>> = {
  app: {
    bad: serverErrors('http_requests_total'),
    total: all('http_requests_total'),
    histogram: all('http_request_duration_seconds'),
    unitsPerSecond: 1,
  },
  // The built-in proxy counts a failed connection as a 502 of the backend.
  proxy: {
    bad: serverErrors('sluice_proxy_requests_total'),
    total: all('sluice_proxy_requests_total'),
    histogram: all('sluice_proxy_request_duration_seconds'),
    unitsPerSecond: 1,
  },
  // Envoy's cluster statistics. `completed` is counted with the response class, and so includes the 503 of a failed
  // connection; `upstream_rq_total` leaves those out.
  envoy: {
    bad: {
      metric: 'envoy_cluster_upstream_rq_xx',
      matchers: [{ label: 'envoy_response_code_class', op: '=', value: '5' }],
    },
    total: all('envoy_cluster_upstream_rq_completed'),
    histogram: all('envoy_cluster_upstream_rq_time'),
    unitsPerSecond: 1000,
  },
};

/** One full instance is enough to fail users, one busy one is not. */
export const aggregateOf: Readonly<Record<Resource, 'avg' | 'max'>> = { cpu: 'avg', memory: 'max', disk: 'max' };

const hostMetric: Readonly<Record<Resource, string>> = {
  cpu: 'sluice_host_cpu_ratio',
  memory: 'sluice_host_memory_ratio',
  disk: 'sluice_host_disk_ratio',
};

/** Per pod, against the container's own limit; without a limit there is no series, and the rule does not apply. */
const containerExpression: Readonly<Record<Resource, string>> = {
  cpu:
    'sum by (pod) (rate(container_cpu_usage_seconds_total{container!="",$arm}[2m])) / ' +
    'sum by (pod) (container_spec_cpu_quota{container!="",$arm} / container_spec_cpu_period{container!="",$arm})',
  memory:
    'sum by (pod) (container_memory_working_set_bytes{container!="",$arm}) / ' +
    'sum by (pod) (container_spec_memory_limit_bytes{container!="",$arm} > 0)',
  disk:
    'max by (pod) (container_fs_usage_bytes{container!="",$arm} / ' +
    '(container_fs_limit_bytes{container!="",$arm} > 0))',
};

const resourceSli = (preset: ResourcePreset, resource: Resource): Sli => {
  const aggregate = aggregateOf[resource];
  return preset === 'host'
    ? { kind: 'gauge', selector: all(hostMetric[resource]), aggregate }
    : { kind: 'expression', promql: containerExpression[resource], aggregate };
};

export interface LatencyBound {
  /** The threshold. */
  readonly seconds: number;
  readonly snap: boolean;
}

/** A latency SLI: the threshold in the histogram's own unit. */
export const latencySli = (
  histogram: { readonly selector: Selector; readonly unitsPerSecond: number },
  quantile: number,
  { seconds, snap }: LatencyBound,
): Sli => ({
  kind: 'latency',
  histogram: histogram.selector,
  quantile,
  bound: Number((seconds * histogram.unitsPerSecond).toPrecision(12)),
  unitsPerSecond: histogram.unitsPerSecond,
  snap,
});

const isRequestPreset = (preset: Preset): preset is RequestPreset =>
  (requestPresets as readonly string[]).includes(preset);

/** How the preset measures it; null: it does not. */
export const presetSli = (preset: Preset, measured: Measured, bound: LatencyBound): Sli | null => {
  if (!isRequestPreset(preset)) return measured.kind === 'share' ? resourceSli(preset, measured.resource) : null;
  const metrics = requestMetrics[preset];
  switch (measured.kind) {
    case 'errors':
      return { kind: 'ratio', bad: metrics.bad, total: metrics.total };
    case 'volume':
      return { kind: 'volume', total: metrics.total };
    case 'time': {
      const { histogram: selector, unitsPerSecond } = metrics;
      return latencySli({ selector, unitsPerSecond }, measured.quantile, bound);
    }
    case 'share':
    case 'level':
      return null;
  }
};

/** The presets that measure it. */
export const presetsFor = (measured: Measured): readonly Preset[] =>
  presets.filter((preset) => presetSli(preset, measured, { seconds: 1, snap: false }) !== null);
