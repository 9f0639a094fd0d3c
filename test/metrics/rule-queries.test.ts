/** What a rule asks, as it is shown to people: for each version where labels tell them apart, else once. */
import { expect, test } from 'vitest';
import { ruleQueries } from '../../src/metrics/rule-queries.ts';
import { parseRules } from '../../src/rules/rule-file.ts';

const arms = {
  canary: { pod: ['a-1', 'a-2'] },
  stable: { pod: ['b-1'] },
  lasting: { app: ['shop'] },
  own: [{ prefix: 'sluice_proxy_', canary: { backend: ['canary'] }, stable: { backend: ['stable'] } }],
};

const text = `
error_rate: { threshold: 1%, window: 5m, alert: critical }
checkout_error_rate: { preset: proxy, threshold: 1%, window: 5m, alert: warning }
response_time_p95: { threshold: 500ms, window: 5m, alert: warning }
lag: { threshold: 5s, window: 5m, alert: info, query: 'max by (pod) (lag_seconds{$arm})' }
throughput: { threshold: -10% from baseline, baseline: 7d, window: 10m, alert: warning }
pages: { alert: warning, query: { alert: HighErrorRate, labels: { severity: page } } }
`;

const asked = async (name: string, given: Parameters<typeof ruleQueries>[1] = arms) => {
  const rules = await parseRules(text, { file: 'rules.yaml' });
  if (!rules.ok) throw new Error(JSON.stringify(rules.error));
  const rule = rules.value.rules.find((each) => each.name === name);
  return rule === undefined ? [] : ruleQueries(rule, given).map(({ version, promql }) => [version, ...promql]);
};

const none = { canary: {}, stable: {} };

test.each<[string, readonly (readonly string[])[]]>([
  [
    'error_rate',
    [
      ['canary', 'http_requests_total{pod=~"a-1|a-2"}', 'http_requests_total{code=~"5..",pod=~"a-1|a-2"}'],
      ['stable', 'http_requests_total{pod="b-1"}', 'http_requests_total{code=~"5..",pod="b-1"}'],
    ],
  ],
  [
    'response_time_p95',
    [
      ['canary', 'http_request_duration_seconds_bucket{pod=~"a-1|a-2"}'],
      ['stable', 'http_request_duration_seconds_bucket{pod="b-1"}'],
    ],
  ],
  [
    'lag',
    [
      ['canary', 'max by (pod) (lag_seconds{pod=~"a-1|a-2"})'],
      ['stable', 'max by (pod) (lag_seconds{pod="b-1"})'],
    ],
  ],
  [
    'throughput',
    [
      [
        'any',
        'sum(increase(http_requests_total{app="shop"}[600000ms]))',
        'sum(increase(http_requests_total{app="shop"}[600000ms] offset 604800000ms))',
      ],
    ],
  ],
  ['pages', [['any', 'ALERTS{alertname="HighErrorRate",alertstate="firing",severity="page"}']]],
])('%s', async (name, queries) => expect(await asked(name)).toEqual(queries));

test('counters of a part of Sluice have its own labels', async () => {
  const [canary, stable] = await asked('checkout_error_rate');
  expect([canary?.[1], stable?.[1]]).toEqual([
    'sluice_proxy_requests_total{backend="canary"}',
    'sluice_proxy_requests_total{backend="stable"}',
  ]);
});

test('where nothing tells the versions apart it is asked once', async () => {
  const own = [{ prefix: 'sluice_proxy_', canary: {}, stable: {} }];
  expect(await asked('checkout_error_rate', { ...arms, own })).toEqual([
    ['any', 'sluice_proxy_requests_total', expect.stringContaining('code=~') as string],
  ]);
});

test('before there is any label nothing stands for it but the file itself', async () => {
  expect(await asked('error_rate', none)).toEqual([['any', 'http_requests_total', 'http_requests_total{code=~"5.."}']]);
  expect(await asked('lag', none)).toEqual([['any', 'max by (pod) (lag_seconds{$arm})']]);
});
