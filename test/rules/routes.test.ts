/** Rules by route: each route is a rule of its own, with a name that fits everywhere a rule has one. */
import { expect, it } from 'vitest';
import { renderSelector } from '../../src/rules/promql.ts';
import type { Rule } from '../../src/rules/rule.ts';
import { parseRules } from '../../src/rules/rule-file.ts';

const rulesOf = async (text: string): Promise<readonly Rule[]> => {
  const parsed = await parseRules(text, { file: 'rules.yaml' });
  if (!parsed.ok) throw new Error(parsed.error.map(({ message }) => message).join('\n'));
  return parsed.value.rules;
};

const errors = 'error_rate: { threshold: 0.1%, window: 5m, alert: critical';

it('each has a name, an own line of evidence, and all of minEvents', async () => {
  const rules = await rulesOf(`${errors}, routes: [/checkout, /pay] }`);
  expect(rules.map(({ name, route, minEvents, at }) => [name, route, minEvents, at.line])).toEqual([
    ['error_rate[/checkout]', '/checkout', 3000, 1],
    ['error_rate[/pay]', '/pay', 3000, 1],
  ]);
});

it('are matched exactly, whatever is in them', async () => {
  const [rule] = await rulesOf(`${errors}, routes: ['/a"} or up{b="\\'] }`);
  if (rule?.sli.kind !== 'ratio') throw new Error('an error rate is a ratio');
  expect(renderSelector(rule.sli.total)).toBe('http_requests_total{route="/a\\"} or up{b=\\"\\\\"}');
  expect(renderSelector(rule.sli.bad)).toContain('{code=~"5..",route="/a');
});

it('narrow the histogram and the volume, too', async () => {
  const rules = await rulesOf(
    [
      `${errors} }`,
      'response_time_p95: { threshold: 500ms, window: 5m, alert: warning, routes: [/pay] }',
      'throughput: { threshold: -10% from baseline, window: 5m, alert: warning, routes: [/pay], routeLabel: path }',
    ].join('\n'),
  );
  expect(rules.slice(1).map(({ sli }) => sli)).toMatchObject([
    { kind: 'latency', histogram: { matchers: [{ label: 'route', op: '=', value: '/pay' }] } },
    { kind: 'volume', total: { matchers: [{ label: 'path', op: '=', value: '/pay' }] } },
  ]);
});

it('count as rules: a set has at most a hundred', async () => {
  const routes = Array.from({ length: 20 }, (_, at) => `/r${at}`).join(', ');
  const five = ['a', 'b', 'c', 'd', 'e'].map((word) => `${word}_${errors}, preset: app, routes: [${routes}] }`);
  expect(await rulesOf(five.join('\n'))).toHaveLength(100);
  const parsed = await parseRules([...five, `${errors} }`].join('\n'), { file: 'rules.yaml' });
  expect(parsed).toMatchObject({
    ok: false,
    error: [{ message: '101 rules, each route counted, are more than 100' }],
  });
});
