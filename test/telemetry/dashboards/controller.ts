/** Health of Sluice itself: does it look, does it see, do its writes land. */
import type { Dashboard } from './dashboard.ts';
import { metric } from './names.ts';

const lines = { kind: 'lines' } as const;
const rate = (name: string): string => `rate(${name}[$__rate_interval])`;
const p95 = (name: string, by = ''): string =>
  `histogram_quantile(0.95, sum by (le${by === '' ? '' : `, ${by}`}) (${rate(`${name}_bucket`)}))`;

export const controller: Dashboard = {
  uid: 'sluice-controller',
  title: 'Sluice: controller',
  description: 'Health of Sluice itself: does it look, does it see, do its writes land.',
  from: 'now-6h',
  refresh: '30s',
  variables: [],
  annotations: [],
  panels: [
    {
      title: 'Version',
      description: 'What runs.',
      size: [6, 4],
      queries: [{ expr: metric.build, legend: '{{version}}' }],
      draw: { kind: 'table' },
    },
    {
      title: 'Breach to weight 0',
      description: 'From the decision to roll back until weight 0 was read back, since the controller started.',
      size: [6, 4],
      queries: [
        { expr: `histogram_quantile(0.5, sum by (le) (${metric.breachToZero}_bucket))`, legend: 'median' },
        { expr: `histogram_quantile(0.99, sum by (le) (${metric.breachToZero}_bucket))`, legend: 'slowest' },
      ],
      unit: 's',
      draw: { kind: 'numbers' },
    },
    {
      title: 'Decisions',
      description: 'What the gate decided, by reason.',
      size: [12, 8],
      queries: [
        {
          expr: `sum by (decision, reason) (increase(${metric.decisions}[$__rate_interval]))`,
          legend: '{{decision}} {{reason}}',
        },
      ],
      unit: 'short',
      draw: { kind: 'bars' },
    },
    {
      title: 'A look at a release',
      description: 'From the look to the end of what was done about it, 95th percentile.',
      size: [12, 8],
      queries: [{ expr: p95(metric.reconciles), legend: 'p95' }],
      unit: 's',
      draw: lines,
    },
    {
      title: 'Metric sources: time of an answer',
      description: '95th percentile by source, failures included.',
      size: [12, 8],
      queries: [{ expr: p95(metric.queries, 'source'), legend: '{{source}}' }],
      unit: 's',
      draw: lines,
    },
    {
      title: 'Metric sources: no answer',
      description: 'Questions a second that were not answered, by reason.',
      size: [12, 8],
      queries: [
        {
          expr: `sum by (source, reason) (${rate(metric.queryErrors)}) or 0 * sum by (source) (${rate(`${metric.queries}_count`)})`,
          legend: '{{source}} {{reason}}',
        },
      ],
      unit: 'reqps',
      draw: lines,
    },
    {
      title: 'Weight writes',
      description: 'By outcome: ok, or the reason of the failure.',
      size: [12, 8],
      queries: [{ expr: `sum by (outcome) (increase(${metric.writes}[$__rate_interval]))`, legend: '{{outcome}}' }],
      unit: 'short',
      draw: { kind: 'bars' },
    },
    {
      title: 'Weights put back',
      description: 'Somebody else raised them.',
      size: [12, 8],
      queries: [
        {
          expr: `sum by (namespace, policy) (increase(${metric.drift}[$__rate_interval]))`,
          legend: '{{policy}} {{namespace}}',
        },
      ],
      unit: 'short',
      draw: { kind: 'bars' },
    },
    {
      title: 'Errors of the program',
      description: 'Looks that ended in an error, and scrapes that could not read the store.',
      size: [12, 8],
      queries: [
        {
          expr: `sum by (namespace, policy) (increase(${metric.reconcileErrors}[$__rate_interval])) or vector(0)`,
          legend: 'looks, {{policy}} {{namespace}}',
        },
        { expr: `sum(increase(${metric.scrapeErrors}[$__rate_interval]))`, legend: 'scrapes' },
      ],
      unit: 'short',
      draw: { kind: 'bars' },
    },
    {
      title: 'Notifications',
      description: 'By target and outcome.',
      size: [12, 8],
      queries: [
        {
          expr: `sum by (target, outcome) (increase(${metric.notifications}[$__rate_interval])) or vector(0)`,
          legend: '{{target}} {{outcome}}',
        },
      ],
      unit: 'short',
      draw: { kind: 'bars' },
    },
    {
      title: 'HTTP requests',
      description: 'That the API answered.',
      size: [12, 8],
      queries: [{ expr: `sum by (method, code) (${rate(metric.requests)})`, legend: '{{method}} {{code}}' }],
      unit: 'reqps',
      draw: lines,
    },
  ],
};
