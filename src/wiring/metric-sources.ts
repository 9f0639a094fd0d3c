/** The metric source of a policy, put together from what its file names: main, fallback, the host, and the data plane's own counters. */
import { resolve } from 'node:path';
import type { LoadCounters } from '../checks/load-counters.ts';
import type { Clock } from '../lib/clock.ts';
import { contentHash } from '../lib/content-hash.ts';
import { instanceName } from '../lib/instance-name.ts';
import { alertmanagerSource } from '../metrics/alertmanager-http.ts';
import { combinedSource } from '../metrics/combined.ts';
import { fallbackSource } from '../metrics/fallback.ts';
import type { HistorySource } from '../metrics/history.ts';
import { hostSource } from '../metrics/host.ts';
import type { MetricSource } from '../metrics/metric-source.ts';
import { ownCounters } from '../metrics/own-counters.ts';
import { prometheusSource } from '../metrics/prometheus.ts';
import { prometheusHistory } from '../metrics/prometheus-history.ts';
import { scrapeSource } from '../metrics/scrape.ts';
import type { ScrapeTarget } from '../metrics/scrape-target.ts';
import type { Policy, SourceSpec } from '../release/policy.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Instance, Workload } from '../workload/workload.ts';

/** What it needs to know of the policy, wherever that was read. */
type Measured = Pick<Policy, 'metrics' | 'name' | 'sources'> & Partial<Pick<Policy, 'traffic'>>;

export interface SourceOptions {
  readonly policy: Measured;
  readonly workload: Workload;
  /** Control socket of the built-in proxy, which has its counters, too; null: something else splits the traffic. */
  readonly socketPath: string | null;
  readonly clock: Clock;
  readonly metrics: Metrics;
  /** Requests that Sluice makes itself. */
  readonly load: LoadCounters;
  /** Sources that several policies ask: one Prometheus, one query for all of them. */
  readonly shared: Map<string, MetricSource>;
}

export function metricSource(options: SourceOptions): MetricSource {
  const { policy, clock, load, metrics, socketPath } = options;
  const instances = runningInstances(options.workload);
  const named = (name: string): MetricSource => {
    const spec = policy.sources[name];
    if (spec === undefined) throw new Error(`policy ${policy.name} names a source that it does not define: ${name}`);
    return timed(sourceOf(name, spec, { ...options, instances }), { clock, metrics });
  };
  const { source, fallback, alerts } = policy.metrics;
  const main = fallback === null ? named(source) : fallbackSource({ main: named(source), fallback: named(fallback) });
  const { intervalMs } = main;
  const processes = (): ReturnType<Parameters<typeof hostSource>[0]['processes']> =>
    instances().flatMap(({ url, pid, cwd }) =>
      pid === null ? [] : [{ instance: instanceName(url), pid, cwd: cwd ?? process.cwd() }],
    );
  const targets = () =>
    socketPath === null ? [] : [{ instance: 'proxy', url: `unix:${resolve(socketPath)}:/metrics` }];
  const page = { intervalMs, timeoutMs: 1_000, clock };
  const exporters = exporterTargets(policy);
  return combinedSource({
    main,
    parts: [
      { prefix: 'sluice_host_', source: hostSource({ processes, intervalMs, clock }) },
      { prefix: 'sluice_proxy_', source: scrapeSource({ name: 'proxy', targets, ...page }) },
      {
        prefix: 'sluice_load_',
        source: ownCounters({ name: 'load', counters: () => load.series(), intervalMs, clock }),
      },
      ...(exporters.length === 0
        ? []
        : [{ prefix: 'haproxy_', source: scrapeSource({ name: 'haproxy', targets: () => exporters, ...page }) }]),
    ],
    alerts: alerts === null ? undefined : named(alerts),
  });
}

/** HAProxy's own exporters, where they are to be read directly. */
const exporterTargets = ({ traffic }: Measured): readonly ScrapeTarget[] =>
  traffic?.kind === 'haproxy' ? traffic.exporters.map((url) => ({ instance: instanceName(url), url })) : [];

/** Where the past of a policy's metrics can be asked for; null: none of its sources remembers anything. */
export function historySource(
  { metrics, sources }: Pick<Policy, 'metrics' | 'sources'>,
  clock: Clock,
): HistorySource | null {
  for (const name of [metrics.source, metrics.fallback]) {
    const spec = name === null ? undefined : sources[name];
    if (name !== null && spec?.kind === 'prometheus') return prometheusHistory({ name, ...spec, clock });
  }
  return null;
}

interface Context extends SourceOptions {
  readonly instances: () => readonly Instance[];
}

function sourceOf(name: string, spec: SourceSpec, { shared, clock, instances }: Context): MetricSource {
  if (spec.kind === 'scrape') {
    const targets = () =>
      instances().map(({ url }) => ({ instance: instanceName(url), url: new URL(spec.path, url).href }));
    return scrapeSource({ name, targets, intervalMs: spec.intervalMs, timeoutMs: spec.timeoutMs, clock });
  }
  const key = contentHash({ name, ...spec });
  const source = spec.kind === 'prometheus' ? prometheusSource : alertmanagerSource;
  const known = shared.get(key) ?? source({ name, ...spec, clock });
  shared.set(key, known);
  return known;
}

/** As last seen; kept up to date by the workload's own word. */
function runningInstances(workload: SourceOptions['workload']): () => readonly Instance[] {
  let running: readonly Instance[] = [];
  const look = async (): Promise<void> => {
    const seen = await workload.observe();
    if (seen.ok)
      running = seen.value.revisions.flatMap(({ instances }) => instances.filter(({ state }) => state !== 'exited'));
  };
  workload.onChange(() => void look());
  void look();
  return () => running;
}

/** Counts every question, how long it took, and why it failed. */
function timed(source: MetricSource, { clock, metrics }: Pick<SourceOptions, 'clock' | 'metrics'>): MetricSource {
  return {
    name: source.name,
    get intervalMs() {
      return source.intervalMs;
    },
    get moments() {
      return source.moments;
    },
    read: async (request) => {
      const askedAtMs = clock.monotonicMs();
      const answer = await source.read(request);
      metrics.queried(
        source.name,
        clock.monotonicMs() - askedAtMs,
        answer.kind === 'failed' ? answer.reason : undefined,
      );
      return answer;
    },
  };
}
