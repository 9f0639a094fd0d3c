/** `sluice preflight` on real haproxy processes and a real Prometheus: what is fit, and every mistake with what to do about it. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { PreflightLine } from '../../src/cli/preflight/line.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { startHaproxy } from '../support/haproxy.ts';
import { needs } from '../support/needs.ts';
import { startPrometheus } from '../support/prometheus.ts';
import { knows } from '../support/prometheus-query.ts';
import { startSampleService } from '../support/sample-service.ts';
import { sluice } from '../support/sluice-command.ts';
import { tempDir } from '../support/temp-dir.ts';

const servers = { backend: 'app', stable: ['stable1', 'stable2'], canary: ['canary1', 'canary2'] };

async function policyFile(spec: object): Promise<string> {
  const file = join(await tempDir(), 'policy.yaml');
  const head = { apiVersion: 'sluice.dev/v1alpha1', kind: 'ReleasePolicy', metadata: { name: 'app' } };
  await writeFile(file, JSON.stringify({ ...head, spec }));
  return file;
}

interface Told {
  readonly code: number | string;
  readonly ready: boolean;
  readonly lines: readonly PreflightLine[];
}

async function preflight(spec: object): Promise<Told> {
  const { code, err, out } = await sluice(['preflight', await policyFile(spec), '-o', 'json']);
  expect(err).toBe('');
  return { code, ...(JSON.parse(out) as Omit<Told, 'code'>) };
}

const gradeOf = (lines: readonly PreflightLine[], subject: string): readonly string[] =>
  lines.filter((line) => line.subject === subject).map(({ grade }) => grade);

describe.runIf(needs(['prometheus', 'haproxy']))('sluice preflight', () => {
  test('says of each part that it is fit: two haproxies, their exporters, stable, Prometheus and every rule', async () => {
    const [first, second, service] = await Promise.all([startHaproxy(), startHaproxy(), startSampleService()]);
    await fetch(service.url);
    const scraped = [service.url, first.metricsUrl, second.metricsUrl].map((url) => new URL(url).host);
    const prometheus = await startPrometheus({ targets: scraped });
    await eventually(() => knows(prometheus.url, 'haproxy_server_http_responses_total'));
    await eventually(() => knows(prometheus.url, 'http_request_duration_seconds_bucket'));
    const haproxy = {
      endpoints: [first.socketPath, second.runtimeAddress],
      ...servers,
      config: first.configPath,
      exporters: [second.metricsUrl],
    };
    const spec = {
      target: { endpoints: [service.url], health: '/healthz', revision: 'v1' },
      traffic: { haproxy },
      sources: { main: { prometheus: { url: prometheus.url, interval: '1s' } } },
      metrics: { source: 'main', preset: 'app' },
      rules: {
        inline: {
          error_rate: { threshold: '1%', window: '5m', alert: 'critical', preset: 'haproxy' },
          response_time_p95: { threshold: '500ms', window: '5m', alert: 'warning' },
        },
      },
    };
    const { code, lines, ready } = await preflight(spec);
    expect(lines.filter(({ grade }) => grade !== 'ok')).toEqual([]);
    expect([code, ready]).toEqual([0, true]);
    expect(lines.map(({ subject }) => subject)).toEqual([
      `stable ${service.url}`,
      `haproxy ${first.socketPath}`,
      `haproxy ${second.runtimeAddress}`,
      'haproxy.cfg',
      `exporter ${second.metricsUrl}`,
      'source main',
      'rule error_rate',
      'rule response_time_p95',
    ]);
    const { exporters: _none, ...withoutExporters } = haproxy;
    const asked = await preflight({ ...spec, traffic: { haproxy: withoutExporters } });
    expect(asked.lines).toContainEqual(
      expect.objectContaining({ grade: 'ok', subject: 'rule error_rate', says: 'its query gives data now' }),
    );
  });

  test('finds what follows no weights, what changes them, what keeps clients, and what does not answer', async () => {
    const stubborn = await startHaproxy({
      edit: (text) =>
        text
          .replace(
            'balance roundrobin',
            'balance static-rr\n    stick-table type ip size 1k expire 10m\n    stick on src',
          )
          .replace('127.0.0.1:8081 weight 100', '127.0.0.1:8081 weight 100 agent-check agent-port 9 agent-inter 1s'),
    });
    const shy = await startHaproxy({
      edit: (text) => text.replace('level admin expose-fd', 'level operator expose-fd'),
    });
    const nobody = `127.0.0.1:${await freePort()}`;
    const web = shy.metricsUrl.replace('/metrics', '/wrong');
    const { code, lines, ready } = await preflight({
      target: { endpoints: [`http://${nobody}`], revision: 'v1' },
      traffic: {
        haproxy: {
          endpoints: [stubborn.socketPath, shy.socketPath, nobody, new URL(web).host],
          ...servers,
          stable: ['stable1', 'stable9'],
          config: stubborn.configPath,
          exporters: [shy.metricsUrl, `http://${nobody}/metrics`, web],
        },
      },
      sources: { main: { prometheus: { url: `http://${nobody}` } } },
      metrics: { source: 'main', preset: 'app' },
      rules: { inline: { error_rate: { threshold: '1%', window: '5m', alert: 'critical' } } },
    });
    expect([code, ready]).toEqual([1, false]);
    const told = (grade: PreflightLine['grade'], says: string, fix: string) =>
      expect(lines).toContainEqual(
        expect.objectContaining({ grade, says: expect.stringContaining(says), fix: expect.stringContaining(fix) }),
      );
    told('fail', 'balance static-rr of backend app follows no weights', 'use roundrobin');
    told('fail', 'an agent changes the weights of stable1', 'take agent-check off');
    told('warn', 'backend app has a stick table', 'at 0 nobody stays');
    told('warn', 'keeps clients on the server they had', 'take it out');
    told('fail', 'has no server stable9', 'name what there is: stable1');
    told('fail', 'its socket has level operator', 'level admin');
    told('fail', `haproxy at ${nobody}: nobody listens there`, 'take it out of traffic.haproxy.endpoints');
    told('fail', 'no haproxy_server_http_responses_total of stable9 in backend app', 'name backend and servers');
    told('fail', `${new URL(web).host}: /wrong answered 503`, 'let it serve its metrics');
    told('fail', 'that is a port for users or metrics', 'put that right');
    expect(gradeOf(lines, `exporter http://${nobody}/metrics`)).toEqual(['fail']);
    expect(gradeOf(lines, `stable http://${nobody}`)).toEqual(['fail']);
    expect(gradeOf(lines, 'source main')).toEqual(['fail']);
    expect(gradeOf(lines, 'rules')).toEqual(['fail']);
  });

  test('in a table the fix stands below; --strict counts warnings; a policy that is none is exit 3', async () => {
    const [haproxy, service] = [
      await startHaproxy({ edit: (text) => text.replace('balance roundrobin', 'balance leastconn') }),
      await startSampleService(),
    ];
    await fetch(service.url);
    const file = await policyFile({
      target: { endpoints: [service.url], revision: 'v1' },
      traffic: { haproxy: { endpoints: [haproxy.socketPath], ...servers } },
      sources: { direct: { scrape: { interval: '1s' } } },
      metrics: { source: 'direct', preset: 'app' },
      rules: { inline: { error_rate: { threshold: '1%', window: '5m', alert: 'critical' } } },
    });
    const table = await sluice(['preflight', file]);
    expect(table.code).toBe(0);
    expect(table.out).toContain(`ok    stable ${service.url}: accepts connections\n`);
    expect(table.out).toContain('ok    rule error_rate: its counters are on the pages of stable\n');
    expect(table.out).toMatch(/\nwarn {2}haproxy .* balance leastconn .*\n {6}-> use roundrobin/);
    expect(table.out).toContain('ready, with 1 warning');
    expect((await sluice(['preflight', file, '--strict'])).code).toBe(1);
    await writeFile(file, 'spec: {}\n');
    expect(await sluice(['preflight', file])).toMatchObject({ code: 3, out: '' });
  });
});
