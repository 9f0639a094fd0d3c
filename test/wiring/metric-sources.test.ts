/** A policy's metric source, built from its file: real pages over HTTP, the data plane's socket, and processes of this machine. */
import { createServer } from 'node:http';
import { join, relative } from 'node:path';
import { expect, it } from 'vitest';
import { LoadCounters } from '../../src/checks/load-counters.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { ok } from '../../src/lib/result.ts';
import { readRequest } from '../../src/metrics/measure.ts';
import type { Answer, MetricSource } from '../../src/metrics/metric-source.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { metricSource } from '../../src/wiring/metric-sources.ts';
import { atTestEnd } from '../support/at-end.ts';
import { eventually } from '../support/eventually.ts';
import { ruleOf } from '../support/metrics.ts';
import { metricsPage } from '../support/metrics-page.ts';
import { policyOf } from '../support/policy-of.ts';
import { allReady, openWorkload } from '../support/process-workloads.ts';
import { json, matrix, queryServer } from '../support/query-server.ts';
import { tempDir } from '../support/temp-dir.ts';
import { startUpstream } from '../support/upstream.ts';

const volumeOf = (metric: string) => ruleOf({ kind: 'volume', total: { metric, matchers: [] } }, { name: metric });
const rules = ['requests_total', 'sluice_proxy_requests_total', 'sluice_host_cpu_ratio'].map(volumeOf);

/** Two instances that exist, of a policy with these metric words; a data plane that counts on its socket. */
const sourceFor = async (
  spec: Readonly<Record<string, unknown>>,
  shared = new Map<string, MetricSource>(),
  asked = rules,
) => {
  const pages = [await metricsPage(), await metricsPage()] as const;
  for (const page of pages) page.add('requests_total', { code: '200' }, 7);
  const stateDir = await tempDir();
  const workload = await openWorkload({ stateDir });
  await workload.ensure('v1', { kind: 'endpoints', urls: pages.map(({ url }) => url), healthPath: '/metrics' }, 2);
  await allReady(workload, 'v1');
  const socketPath = join(stateDir, 'proxy.sock');
  const plane = createServer((_request, response) => response.end('sluice_proxy_requests_total{revision="v1"} 5\n'));
  await new Promise<void>((done) => plane.listen(socketPath, done));
  atTestEnd(() => void plane.close());
  const metrics = createMetrics({ version: 'test', releases: async () => ok([]) });
  const policy = await policyOf(spec);
  // As the default folder of the state is: below where Sluice was started.
  const given = relative(process.cwd(), socketPath);
  const load = new LoadCounters();
  const source = metricSource({ policy, workload, socketPath: given, clock: systemClock, metrics, shared, load });
  const arms = { canary: { instance: [pages[0].instance] }, stable: { instance: [pages[1].instance] } };
  return { pages, read: () => source.read(readRequest(asked, arms, 10_000)), metrics, shared };
};

const seen = (answer: Answer, metric: string) =>
  answer.kind === 'failed'
    ? []
    : answer.series
        .filter((each) => each.metric === metric)
        .map(({ labels, samples }) => [labels['instance'], samples.at(-1)?.value]);

it('reads every instance itself, and the data plane by its socket', async () => {
  const { pages, read, metrics } = await sourceFor({});
  const answer = await eventually(async () => {
    const now = await read();
    return seen(now, 'requests_total').length === 2 && seen(now, 'sluice_proxy_requests_total').length === 1
      ? now
      : null;
  });
  expect(answer.source).toBe('direct');
  expect(seen(answer, 'requests_total')).toEqual(pages.map(({ instance }) => [instance, 7]));
  expect(seen(answer, 'sluice_proxy_requests_total')).toEqual([['proxy', 5]]);
  // Instances that were not started here have no process to be measured.
  expect(seen(answer, 'sluice_host_cpu_ratio')).toEqual([]);
  expect(await metrics.text()).toMatch(/sluice_source_query_seconds_count\{source="direct"\} [1-9]/);
});

const withFallback = (url: string) => ({
  sources: {
    main: { prometheus: { url, interval: '1s', timeout: '500ms' } },
    direct: { scrape: { path: '/metrics', interval: '1s' } },
  },
  metrics: { source: 'main', fallback: 'direct', preset: 'app' },
});

it('reads the instances while Prometheus does not answer, and counts why', async () => {
  const { read, metrics } = await sourceFor(withFallback('http://127.0.0.1:9'));
  const answer = await eventually(async () => {
    const now = await read();
    return now.source === 'direct' && seen(now, 'requests_total').length === 2 ? now : null;
  });
  expect(answer.kind).toBe('series');
  expect(await metrics.text()).toMatch(/sluice_source_errors_total\{source="main",reason="Unreachable"\} [1-9]/);
});

it('one Prometheus that several policies name is asked by one client', async () => {
  const { url, queries } = await queryServer((_query, response) => json(response, matrix()));
  const first = await sourceFor(withFallback(url));
  const second = await sourceFor(withFallback(url), first.shared);
  expect(first.shared.size).toBe(1);
  await first.read();
  await second.read();
  expect(queries.length).toBeGreaterThan(0);
  const other = await sourceFor(withFallback('http://127.0.0.1:9'), first.shared);
  expect(other.shared.size).toBe(2);
});

it('asks the source that metrics.alerts names for alerts, and the main one for the rest', async () => {
  const pager = await startUpstream((_request, response) => json(response, []));
  const { read } = await sourceFor(
    {
      sources: { direct: { scrape: { interval: '250ms' } }, pager: { alertmanager: { url: pager.origin } } },
      metrics: { source: 'direct', alerts: 'pager' },
    },
    new Map(),
    [...rules, ruleOf({ kind: 'alert', alertname: 'High', labels: {} }, { name: 'high' })],
  );
  const answer = await eventually(async () => {
    const told = await read();
    return seen(told, 'requests_total').length === 2 ? told : null;
  });
  expect(answer).toMatchObject({ kind: 'series', alerts: { 'high:alert': [] } });
  expect(answer).not.toHaveProperty('failures');
  expect(pager.seen.length).toBe(1);
});
