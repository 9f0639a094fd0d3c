/** `sluice rules check --prometheus`, as a command against a real Prometheus that scrapes two versions of a service. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Finding } from '../../src/tuning/check/finding.ts';
import { suiteEnd } from '../support/at-end.ts';
import { eventually } from '../support/eventually.ts';
import { metricsPage } from '../support/metrics-page.ts';
import { needs } from '../support/needs.ts';
import { startPrometheus } from '../support/prometheus.ts';
import { sluice } from '../support/sluice-command.ts';
import { tempDir } from '../support/temp-dir.ts';

describe.runIf(needs('prometheus'))('rules check against a real Prometheus', { timeout: 60_000 }, () => {
  const atEnd = suiteEnd();
  let url = '';
  let folder = '';

  beforeAll(async () => {
    folder = await tempDir(atEnd);
    const pages = [await metricsPage(atEnd), await metricsPage(atEnd)];
    for (const [index, page] of pages.entries()) {
      const track = index === 0 ? 'canary' : 'stable';
      page.add('http_requests_total', { track, code: '200' }, 1_000);
      page.add('http_request_duration_seconds_count', { track }, 1_000);
      for (const le of ['0.1', '0.25', '1', '+Inf'])
        page.add('http_request_duration_seconds_bucket', { track, le }, 900);
      if (track === 'stable') page.set('queue_ratio', { track, shard: 'a' }, 0.5);
      if (track === 'stable') page.set('queue_ratio', { track, shard: 'b' }, 0.5);
    }
    const alertRules = ['HighErrorRate', 'SlowAnswers'].map((alert) => ({ alert, expr: 'vector(0) > 1' }));
    url = (await startPrometheus({ targets: pages.map(({ instance }) => instance), alertRules }, atEnd)).url;
    const series = `${url}/api/v1/query?query=${encodeURIComponent('count(count_over_time(http_requests_total[1m]) > 4)')}`;
    await eventually(
      async () =>
        ((await (await fetch(series)).json()) as { data: { result: { value: [number, string] }[] } }).data.result[0]
          ?.value[1] === '2',
    );
  }, 60_000);

  const arms = ['--canary', 'track=canary', '--stable', 'track=stable'];

  const check = async (rules: string, ...options: readonly string[]) => {
    const file = join(folder, 'given.yaml');
    writeFileSync(file, rules);
    return sluice(['-o', 'json', 'rules', 'check', '--prometheus', url, ...options, file]);
  };

  const findings = async (rules: string, ...options: readonly string[]): Promise<readonly string[]> => {
    const { out, err } = await check(rules, ...options);
    expect(err).toBe('');
    const { files } = JSON.parse(out) as { readonly files: readonly { readonly findings: readonly Finding[] }[] };
    return files
      .flatMap((each) => each.findings)
      .map(({ line, col, level, check: name, message }) => `${line}:${col} ${level} ${name}: ${message}`);
  };

  test('rules whose queries give data for both versions are good', async () => {
    const { out, code } = await check(
      `error_rate: { threshold: 0.1%, window: 5m, alert: critical }
response_time_p95: { threshold: 250ms, window: 5m, alert: warning }
throughput: { threshold: -10% from baseline, window: 5m, alert: warning }
cpu_usage: { threshold: 80%, window: 5m, alert: warning }
up_share: { threshold: 200%, window: 5m, alert: warning, query: 'sum by (instance) (http_requests_total{$arm} > 0)' }
`,
      ...arms,
    );
    const [file] = (JSON.parse(out) as { readonly files: readonly object[] }).files;
    const raw = expect.objectContaining({ level: 'warning', check: 'CounterOrGauge' });
    expect([code, file]).toEqual([
      0,
      expect.objectContaining({ good: true, findings: [raw], notAsked: ['cpu_usage'] }),
    ]);
  });

  test('a wrong label, a wrong value and a wrong metric are told apart, with what there is', async () => {
    const rules = `error_rate:
  threshold: 0.1%
  window: 5m
  alert: critical
  query: { bad: 'http_requests_total{cod=~"5.."}', total: http_requests_total }
b: { threshold: 1%, window: 5m, alert: critical, query: { bad: 'http_requests_total{code="500"}', total: 'http_requests_total{code="201"}' } }
c: { threshold: 1%, window: 5m, alert: critical, query: { bad: 'http_failures_total', total: 'http_request_total' } }
`;
    expect(await findings(rules, ...arms)).toEqual([
      '5:17 error NoData: no data now: http_requests_total has no label cod; it has code, instance, job, track; did you mean "code"?',
      '6:64 error BadNotInTotal: bad counts requests that are not in total: code="201" and code="500" contradict each other',
      '6:106 error NoData: no data now: no series of http_requests_total has code="201"; there is "200"',
      '7:64 warning NoData: no data now: there is no series of http_failures_total at all; did you mean "http_requests_total"?; right only if it begins with the first failure',
      '7:94 error NoData: no data now: there is no series of http_request_total at all; did you mean "http_requests_total"?',
    ]);
  });

  test('an alert that no rule raises names the nearest; one that there is may be quiet', async () => {
    const rules = `high: { alert: critical, query: { alert: HighErrorRate } }
slow: { alert: critical, query: { alert: SlowAnswer } }
`;
    expect(await findings(rules, ...arms)).toEqual([
      `2:42 warning AlertUnknown: no alert rule of ${url} is called "SlowAnswer", so it would be quiet for ever; did you mean "SlowAnswers"?`,
    ]);
  });

  test('a bucket that is missing names the two nearest', async () => {
    const rules = (words: string) => `response_time_p95: { threshold: 500ms, window: 5m, alert: critical${words} }\n`;
    expect(await findings(rules(''), ...arms)).toEqual([
      '1:33 error BucketMissing: http_request_duration_seconds_bucket has no bucket at 500ms; the nearest are 0.25s and 1s: take one of them as threshold, or write snap: true for the lower one',
    ]);
    expect(await findings(rules(', snap: true'), ...arms)).toEqual([
      '1:75 warning BucketSnapped: snap: true takes the bucket at 0.25s for 500ms: the rule is that much stricter',
    ]);
  });

  test('a window too short for how often it scrapes', async () => {
    const window = 'error_rate: { threshold: 0.1%, window: 3s, alert: critical }\n';
    expect(await findings(window, ...arms)).toEqual([
      '1:40 warning WindowTooShort: window 3s is shorter than 4 scrapes of 1s; write 4s or more',
    ]);
    const range = `rate(http_request_duration_seconds_count{$arm}[1s])`;
    const level = `critical: none\nlag: { threshold: 5s, window: 5m, alert: warning, query: '${range}' }\n`;
    expect(await findings(level, ...arms)).toContain(
      '2:64 error RangeTooShort: [1s] is shorter than 2 scrapes of 1s: mostly nothing can be computed; write [4s] or more',
    );
  });

  test('a version that is not there, and versions that nothing tells apart', async () => {
    const rules = 'error_rate: { threshold: 0.1%, window: 5m, alert: critical }\n';
    expect(await findings(rules, '--canary', 'track=green', '--stable', 'track=stable')).toEqual([
      '1:1 error NoData: no data now for the canary version: no series of http_requests_total has track "green"; there is "canary", "stable"',
    ]);
    expect(await findings(rules, '--canary', 'version=v2', '--stable', 'track=stable')).toEqual([
      '1:1 error NoData: no data now for the canary version: http_requests_total has no label version; it has code, instance, job, track',
    ]);
    expect(await findings(rules)).toEqual([]);
    const level =
      "queue: { threshold: 80%, window: 5m, alert: critical, query: 'max by (shard) (queue_ratio{$arm})' }\n";
    expect(await findings(level, '--stable', 'track=stable')).toEqual([
      '1:62 warning NoData: the query gives 2 series where one for each instance is due; let it keep one of the labels track, instance, pod, and no other',
    ]);
  });

  test('what cannot be asked is an error of its own', async () => {
    const file = join(folder, 'good.yaml');
    writeFileSync(file, 'error_rate: { threshold: 0.1%, window: 5m, alert: critical }\n');
    const closed = await sluice(['rules', 'check', '--prometheus', 'http://127.0.0.1:1', file]);
    expect([closed.code, closed.out]).toEqual([3, '']);
    expect(closed.err).toMatch(
      /^\S+good\.yaml: could not ask: http:\/\/127\.0\.0\.1:1\/api\/v1\/query: ECONNREFUSED .*\n$/,
    );
    const late = await sluice(['rules', 'check', '--prometheus', url, '--timeout', '1ms', file]);
    expect([late.code, late.out]).toEqual([3, '']);
    expect(late.err).toContain('could not ask: ');
    const page = await sluice(['rules', 'check', '--prometheus', `${url}/graph`, file]);
    expect([page.code, page.err]).toEqual([3, expect.stringContaining('could not ask: ')]);
  });
});
