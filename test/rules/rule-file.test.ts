/** What a rule file means: the shipped one word for word, the defaults, the queries, and what names its content. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { formatFileError } from '../../src/lib/config-file/file-error.ts';
import type { Rule, RuleSet } from '../../src/rules/rule.ts';
import { parseRules, type RulesOptions } from '../../src/rules/rule-file.ts';

const parse = async (text: string, options: Partial<RulesOptions> = {}): Promise<RuleSet> => {
  const parsed = await parseRules(text, { file: 'r.yaml', ...options });
  if (!parsed.ok) throw new Error(parsed.error.map(formatFileError).join('\n'));
  return parsed.value;
};

const only = async (text: string, options: Partial<RulesOptions> = {}): Promise<Rule> => {
  const [rule] = (await parse(text, { noCritical: 'accepted', ...options })).rules;
  if (rule === undefined) throw new Error('no rule');
  return rule;
};

const shipped = readFileSync(new URL('../../rules/production.yaml', import.meta.url), 'utf8');
const fixture = (name: string): string => readFileSync(new URL(`../fixtures/rules/${name}`, import.meta.url), 'utf8');

describe('rules/production.yaml', () => {
  test('holds the six metrics in the words that SREs write', () => {
    const words = shipped.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    expect(words.map((line) => line.replace(/ +/g, ' '))).toEqual([
      'error_rate: { threshold: 0.1%, window: 5m, alert: critical }',
      'response_time_p95: { threshold: 500ms, window: 5m, alert: warning }',
      'throughput: { threshold: -10% from baseline, window: 10m, alert: warning }',
      'cpu_usage: { threshold: 80%, window: 5m, alert: warning }',
      'memory_usage: { threshold: 85%, window: 5m, alert: warning }',
      'disk_usage: { threshold: 90%, window: 5m, alert: critical }',
    ]);
  });

  test('means, with all defaults', async () => {
    const { rules } = await parse(shipped);
    const rows = rules.map((r) => [
      r.name,
      r.alert,
      r.threshold,
      r.windowMs,
      r.judge,
      r.minEvents,
      r.warmUpMs,
      r.forMs,
    ]);
    expect(rows).toEqual([
      ['error_rate', 'critical', { kind: 'ratio-above', ratio: 0.001 }, 300_000, 'sequential', 3_000, 0, 0],
      ['response_time_p95', 'warning', { kind: 'seconds-above', seconds: 0.5 }, 300_000, 'sequential', 60, 60_000, 0],
      ['throughput', 'warning', { kind: 'drop-from-baseline', ratio: 0.1 }, 600_000, 'sequential', 900, 60_000, 0],
      ['cpu_usage', 'warning', { kind: 'ratio-above', ratio: 0.8 }, 300_000, 'point', 0, 60_000, 300_000],
      ['memory_usage', 'warning', { kind: 'ratio-above', ratio: 0.85 }, 300_000, 'point', 0, 0, 300_000],
      ['disk_usage', 'critical', { kind: 'ratio-above', ratio: 0.9 }, 300_000, 'point', 0, 0, 300_000],
    ]);
    const common = { compare: 'both', ratio: 1.25, advanceOn: 'compatible', missing: 'hold', steps: [], dryRun: false };
    for (const rule of rules) expect(rule).toMatchObject(common);
  });

  test('knows the line of each rule', async () => {
    const { rules, file } = await parse(shipped, { file: 'rules/production.yaml' });
    expect(file).toBe('rules/production.yaml');
    expect(rules.map(({ at }) => `${at.file}:${at.line}`)).toEqual(
      [2, 3, 4, 5, 6, 7].map((line) => `rules/production.yaml:${line}`),
    );
  });
});

describe('words', () => {
  test('every word of a rule is taken', async () => {
    const [errors, cpu, latency] = (await parse(fixture('all-words.good.yaml'))).rules;
    expect(errors).toMatchObject({
      ratio: 1.5,
      minEvents: 1000,
      advanceOn: 'proven',
      warmUpMs: 10_000,
      missing: 'zero',
      steps: [25, 50],
      description: 'Failed answers of the shop.',
      runbook: 'https://runbooks.example/error-rate',
      owner: 'team shop',
    });
    expect(cpu).toMatchObject({ judge: 'point', forMs: 120_000, dryRun: true });
    expect(latency?.sli).toMatchObject({
      kind: 'latency',
      quantile: 0.99,
      bound: 500,
      unitsPerSecond: 1000,
      snap: true,
    });
  });

  test('a rule of requests judged by point stays outside for its window', async () => {
    const rule = await only('error_rate: { threshold: 1%, window: 5m, alert: info, judge: point }');
    expect([rule.judge, rule.forMs]).toEqual(['point', 300_000]);
  });

  test.each([
    ['response_time_p50', 0.5, 6],
    ['response_time_p99', 0.99, 300],
    ['response_time_p999', 0.999, 3000],
  ])('%s is the quantile %d and asks for %d requests', async (name, quantile, minEvents) => {
    const rule = await only(`${name}: { threshold: 300ms, window: 5m, alert: warning }`);
    expect(rule.sli).toMatchObject({ quantile, bound: 0.3 });
    expect(rule.minEvents).toBe(minEvents);
  });
});

describe('queries of the rule itself', () => {
  test('say how each kind is measured', async () => {
    const { rules } = await parse(fixture('queries.good.yaml'));
    const byName = Object.fromEntries(rules.map((rule) => [rule.name, rule]));
    expect(byName['checkout_errors']?.sli).toEqual({
      kind: 'ratio',
      bad: { metric: 'checkout_total', matchers: [{ label: 'result', op: '!=', value: 'ok' }] },
      total: { metric: 'checkout_total', matchers: [] },
    });
    expect(byName['search_p95']?.sli).toMatchObject({ quantile: 0.95, bound: 250, unitsPerSecond: 1000 });
    expect(byName['upload_time']?.sli).toMatchObject({ quantile: 0.9, bound: 2, unitsPerSecond: 1 });
    expect(byName['orders']?.sli).toEqual({ kind: 'volume', total: { metric: 'orders_total', matchers: [] } });
    expect(byName['replication_lag']).toMatchObject({
      judge: 'point',
      sli: { kind: 'expression', promql: 'max(replication_lag_seconds{$arm})', aggregate: 'avg' },
    });
    expect(byName['queue_fill']?.sli).toEqual({
      kind: 'gauge',
      selector: { metric: 'queue_fill_ratio', matchers: [{ label: 'queue', op: '=', value: 'in' }] },
      aggregate: 'avg',
    });
    expect(byName['proxy_error_rate']?.sli).toMatchObject({ total: { metric: 'sluice_proxy_requests_total' } });
  });
});

describe('presets', () => {
  const metricOf = async (name: string, options: Partial<RulesOptions>): Promise<unknown> => {
    const threshold = name.startsWith('response') ? '500ms' : name === 'throughput' ? '-10% from baseline' : '1%';
    const { sli } = await only(`${name}: { threshold: ${threshold}, window: 5m, alert: info }`, options);
    return sli;
  };

  test.each([
    ['app', 'http_requests_total', 'http_request_duration_seconds', 0.5],
    ['proxy', 'sluice_proxy_requests_total', 'sluice_proxy_request_duration_seconds', 0.5],
    ['envoy', 'envoy_cluster_upstream_rq_completed', 'envoy_cluster_upstream_rq_time', 500],
  ] as const)('%s', async (preset, total, histogram, bound) => {
    expect(await metricOf('error_rate', { preset })).toMatchObject({ kind: 'ratio', total: { metric: total } });
    expect(await metricOf('throughput', { preset })).toMatchObject({ kind: 'volume', total: { metric: total } });
    expect(await metricOf('response_time_p95', { preset })).toMatchObject({ histogram: { metric: histogram }, bound });
  });

  test('host gauges are the default, cAdvisor computes', async () => {
    expect(await metricOf('memory_usage', {})).toMatchObject({
      kind: 'gauge',
      selector: { metric: 'sluice_host_memory_ratio' },
      aggregate: 'max',
    });
    const cpu = await metricOf('cpu_usage', { resources: 'cadvisor' });
    expect(cpu).toMatchObject({ kind: 'expression', aggregate: 'avg' });
    expect((cpu as { promql: string }).promql.match(/\$arm/g)).toHaveLength(3);
  });
});

describe('the hash of the content', () => {
  const hashOf = async (text: string): Promise<string> => (await parse(text)).hash;

  test('does not see comments, layout, order, spelling of the same limit, or the name of the file', async () => {
    const one = 'error_rate: { threshold: 0.1%, window: 5m, alert: critical }\n';
    const two = 'cpu_usage: { threshold: 80%, window: 5m, alert: warning }\n';
    const same = await hashOf(one + two);
    expect(await hashOf(`# a comment\n${two}\n\n${one}`)).toBe(same);
    expect(await hashOf('error_rate:\n  alert: critical\n  threshold: 0.10%\n  window: 300s\n' + two)).toBe(same);
    expect((await parse(one + two, { file: 'other.yaml' })).hash).toBe(same);
  });

  test('sees every change of meaning', async () => {
    const texts = [
      '',
      ', ratio: 2',
      ', minEvents: 5',
      ', dryRun: true',
      ', steps: [25]',
      ', missing: zero',
      ', owner: me',
    ];
    const hashes = await Promise.all(
      texts.map((more) => hashOf(`error_rate: { threshold: 0.1%, window: 5m, alert: critical${more} }`)),
    );
    expect(new Set(hashes).size).toBe(texts.length);
  });
});
