/** HAProxy's own exporters, where they are read directly: they answer, and count every server of the policy. */

import { instanceName } from '../../lib/instance-name.ts';
import { scrapeSource } from '../../metrics/scrape.ts';
import type { HaproxyTraffic } from '../../release/policy.ts';
import { requestMetricsOf } from '../../rules/request-metrics.ts';
import { fine, type PreflightLine } from './line.ts';
import type { PreflightLook } from './look.ts';

export const exportersLook: PreflightLook = ({ policy: { traffic }, timeoutMs }) =>
  traffic.kind === 'haproxy'
    ? Promise.all(traffic.exporters.map((url) => exporterLine(url, traffic, timeoutMs)))
    : Promise.resolve([]);

const exporter = 'http-request use-service prometheus-exporter';

async function exporterLine(url: string, traffic: HaproxyTraffic, timeoutMs: number): Promise<PreflightLine> {
  const subject = `exporter ${url}`;
  const total = requestMetricsOf('haproxy', 'http')?.total;
  if (total === undefined) return fine(subject, 'counts nothing that is judged');
  const targets = () => [{ instance: instanceName(url), url }];
  const source = scrapeSource({ name: subject, targets, intervalMs: 1_000, timeoutMs });
  const arms = { canary: {}, stable: {} };
  const answer = await source.read({ selectors: [total], expressions: [], arms, lookbackMs: 0 });
  if (answer.kind === 'failed')
    return { grade: 'fail', subject, says: answer.message, fix: `let it serve its metrics: ${exporter}` };
  const { backend, servers } = traffic;
  const counted = new Set(
    answer.series.filter(({ labels }) => labels['proxy'] === backend).map(({ labels }) => labels['server']),
  );
  const named = [...servers.stable, ...servers.canary];
  const missing = named.filter((name) => !counted.has(name));
  if (missing.length === 0) return fine(subject, `counts the responses of ${named.join(', ')}`);
  return {
    grade: 'fail',
    subject,
    says: `no ${total.metric} of ${missing.join(', ')} in backend ${backend}`,
    fix: 'name backend and servers as there, and let the exporter leave none out',
  };
}
