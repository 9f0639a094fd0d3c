/** What fires, told by a real Alertmanager and by a real Prometheus that evaluates alert rules. */
import { describe, expect, it } from 'vitest';
import { alertmanagerSource } from '../../src/metrics/alertmanager-http.ts';
import type { AlertWanted, Answer, FiringAlert, MetricSource } from '../../src/metrics/metric-source.ts';
import { prometheusSource } from '../../src/metrics/prometheus.ts';
import { startAlertmanager } from '../support/alertmanager.ts';
import { eventually } from '../support/eventually.ts';
import { metricsPage } from '../support/metrics-page.ts';
import { needs } from '../support/needs.ts';
import { startPrometheus } from '../support/prometheus.ts';

const nasty = 'Queue "in" is full (a|b)';
const wanted = (alertname: string, labels: AlertWanted['labels'] = {}): AlertWanted => ({
  id: `${alertname}:alert`,
  alertname,
  labels,
});

const ask = async (source: MetricSource, ...alerts: readonly AlertWanted[]): Promise<Answer> =>
  source.read({
    selectors: [],
    expressions: [],
    alerts,
    arms: { canary: { version: ['v2'] }, stable: { version: ['v1'] } },
    lookbackMs: 10_000,
  });

const toldBy = async (source: MetricSource, ...alerts: readonly AlertWanted[]): Promise<readonly FiringAlert[]> => {
  const answer = await ask(source, ...alerts);
  if (answer.kind === 'failed') throw new Error(answer.message);
  return alerts.flatMap(({ id }) => answer.alerts?.[id] ?? []);
};

describe.runIf(needs('prometheus-alertmanager'))('a real Alertmanager', () => {
  it('tells what is active, by name and labels, with since when; not what is silenced or inhibited', async () => {
    const server = await startAlertmanager();
    const source = alertmanagerSource({ name: 'pager', url: server.url, intervalMs: 0, timeoutMs: 2_000 });
    expect(await ask(source, wanted('HighErrorRate'))).toMatchObject({
      kind: 'series',
      source: 'pager',
      alerts: { 'HighErrorRate:alert': [] },
    });
    await server.silence('team', 'quiet');
    await server.raise(
      { alertname: 'HighErrorRate', version: 'v2', severity: 'page', team: 'shop' },
      { alertname: 'HighErrorRate', version: 'v1', severity: 'warning', team: 'shop' },
      { alertname: 'HighErrorRate', version: 'v1', severity: 'page', team: 'quiet' },
      { alertname: nasty, version: 'v2' },
      { alertname: 'Other', version: 'v2' },
    );
    const found = await eventually(async () => {
      const told = await toldBy(source, wanted('HighErrorRate'), wanted(nasty));
      return told.length === 2 ? told : null;
    });
    expect(found.map(({ labels }) => [labels['alertname'], labels['version']])).toEqual([
      ['HighErrorRate', 'v2'],
      [nasty, 'v2'],
    ]);
    for (const { sinceMs } of found) expect(Math.abs(Date.now() - (sinceMs ?? 0))).toBeLessThan(60_000);
    expect(await toldBy(source, wanted('HighErrorRate', { team: 'shop' }))).toHaveLength(1);
    expect(await toldBy(source, wanted('HighErrorRate', { team: 'other' }))).toEqual([]);
  });
});

describe.runIf(needs('prometheus'))('a real Prometheus', () => {
  it('tells what its own rules raise, and since when they are active', async () => {
    const page = await metricsPage();
    page.add('requests_total', { code: '500', version: 'v2' }, 5);
    const { url } = await startPrometheus({
      targets: [page.instance],
      alertRules: [
        { alert: nasty, expr: 'sum by (version) (requests_total) > 1', labels: { severity: 'page' } },
        { alert: 'NeverFires', expr: 'vector(1) > 2' },
      ],
    });
    const source = prometheusSource({ name: 'main', url, intervalMs: 1_000, timeoutMs: 2_000 });
    const found = await eventually(
      async () => {
        const told = await toldBy(source, wanted(nasty, { severity: 'page' }));
        return typeof told[0]?.sinceMs === 'number' ? told : null;
      },
      { everyMs: 200 },
    );
    expect(found).toHaveLength(1);
    expect(found[0]?.labels).toMatchObject({ alertname: nasty, version: 'v2', severity: 'page' });
    expect(found[0]?.labels).not.toHaveProperty('alertstate');
    expect(Math.abs(Date.now() - (found[0]?.sinceMs ?? 0))).toBeLessThan(60_000);
    expect(await ask(source, wanted('NeverFires'))).toMatchObject({
      kind: 'series',
      alerts: { 'NeverFires:alert': [] },
    });
  });
});
