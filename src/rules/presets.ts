/** Where the well-known measures come from: the metric names of each kind of producer. */
import type { Measured, Resource } from './measured-by-name.ts';
import { type Protocol, type RequestPreset, requestMetricsOf, requestPresets } from './request-metrics.ts';
import type { Selector, Sli } from './sli.ts';

/** Whose gauges say how much is used. */
export type ResourcePreset = 'host' | 'cadvisor';
export type Preset = RequestPreset | ResourcePreset;

export const resourcePresets = ['host', 'cadvisor'] as const satisfies readonly ResourcePreset[];
export const presets = [...requestPresets, ...resourcePresets] as const;

const all = (metric: string): Selector => ({ metric, matchers: [] });

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

/** What a rule says besides its name and its preset. */
export interface PresetTerms extends LatencyBound {
  readonly protocol: Protocol;
}

/** How the preset measures it; null: it does not. */
export const presetSli = (preset: Preset, measured: Measured, terms: PresetTerms): Sli | null => {
  if (!isRequestPreset(preset)) return measured.kind === 'share' ? resourceSli(preset, measured.resource) : null;
  const metrics = requestMetricsOf(preset, terms.protocol);
  if (metrics === null) return null;
  const { bad, total, histogram, unitsPerSecond } = metrics;
  switch (measured.kind) {
    case 'errors':
      return { kind: 'ratio', bad, total, ...(terms.protocol === 'grpc-stream' ? { streams: true } : {}) };
    case 'volume':
      return terms.protocol === 'grpc-stream' ? null : { kind: 'volume', total };
    case 'time':
      return histogram === null ? null : latencySli({ selector: histogram, unitsPerSecond }, measured.quantile, terms);
    case 'share':
    case 'level':
    case 'alert':
      return null;
  }
};

/** The presets that measure it. */
export const presetsFor = (measured: Measured, protocol: Protocol): readonly Preset[] =>
  presets.filter((preset) => presetSli(preset, measured, { seconds: 1, snap: false, protocol }) !== null);
