/** All services: what is under way, what waits for a person, and the four figures of DORA as far as deliveries tell them. */
import type { Dashboard } from './dashboard.ts';
import { metric, ofPolicies, policyVariable } from './names.ts';

const numbers = { kind: 'numbers' } as const;
const endedIn = (outcome: string): string => `increase(${ofPolicies(metric.ended, outcome)}[$__range])`;

export const fleet: Dashboard = {
  uid: 'sluice-fleet',
  title: 'Sluice: fleet',
  description: 'All services: what is under way, what waits for a person, how deliveries went.',
  from: 'now-7d',
  refresh: '1m',
  variables: [policyVariable],
  annotations: [
    {
      name: 'Rollbacks',
      color: 'red',
      expr: `${ofPolicies(metric.phase, 'phase="rollingBack"')} == 1`,
      text: '{{release}} rolls back',
    },
  ],
  panels: [
    {
      title: 'Under way',
      description: 'Releases between their start and their end, by phase.',
      size: [8, 5],
      queries: [
        {
          expr: `sum by (phase) (${ofPolicies(metric.phase, 'phase!~"succeeded|rolledBack|failed"')})`,
          legend: '{{phase}}',
        },
      ],
      unit: 'short',
      draw: numbers,
    },
    {
      title: 'Deployments',
      description: 'Releases that stayed, in the time shown (deployment frequency).',
      size: [4, 5],
      queries: [{ expr: `sum(${endedIn('outcome="succeeded"')})`, legend: '' }],
      unit: 'short',
      draw: numbers,
    },
    {
      title: 'Change failure rate',
      description: 'Of the releases that ended in the time shown, those that were taken back or failed.',
      size: [4, 5],
      queries: [
        {
          expr: `sum(${endedIn('outcome=~"rolledBack|failed"')}) / sum(${endedIn('outcome!=""')})`,
          legend: '',
        },
      ],
      unit: 'percentunit',
      draw: numbers,
    },
    {
      title: 'Time to restore',
      description: 'From the decision to roll back until weight 0 was read back.',
      size: [4, 5],
      queries: [
        { expr: `histogram_quantile(0.5, sum by (le) (${metric.breachToZero}_bucket))`, legend: 'median' },
        { expr: `histogram_quantile(0.99, sum by (le) (${metric.breachToZero}_bucket))`, legend: 'slowest' },
      ],
      unit: 's',
      draw: numbers,
    },
    {
      title: 'Lead time, start to end',
      description: 'Of releases that stayed, the watch included; median in the time shown.',
      size: [4, 5],
      queries: [
        {
          expr: `histogram_quantile(0.5, sum by (le) (increase(${ofPolicies(`${metric.releaseSeconds}_bucket`, 'outcome="succeeded"')}[$__range])))`,
          legend: 'median',
        },
      ],
      unit: 's',
      draw: numbers,
    },
    {
      title: 'What stands still, and why',
      description: 'In the words of the gate; a release that waits for a person says so here.',
      size: [12, 8],
      queries: [{ expr: `${ofPolicies(metric.waiting)} == 1`, legend: '' }],
      draw: { kind: 'table' },
    },
    {
      title: 'Phases',
      description: 'Every release that is shown, over time.',
      size: [12, 8],
      queries: [{ expr: `${ofPolicies(metric.phase)} == 1`, legend: '{{policy}} {{release}} {{phase}} {{namespace}}' }],
      draw: { kind: 'states' },
    },
    {
      title: 'Ended, by outcome',
      description: 'Releases that ended.',
      size: [12, 8],
      queries: [
        {
          expr: `sum by (namespace, policy, outcome) (increase(${ofPolicies(metric.ended)}[$__rate_interval]))`,
          legend: '{{policy}} {{outcome}} {{namespace}}',
        },
      ],
      unit: 'short',
      draw: { kind: 'bars' },
    },
    {
      title: 'Rollbacks by rule',
      description: 'In the time shown; without a rule: a person or a limit decided.',
      size: [6, 8],
      queries: [
        {
          expr: `sum by (namespace, policy, rule) (increase(${ofPolicies(metric.rollbacks)}[$__range]))`,
          legend: '{{policy}} {{rule}} {{namespace}}',
        },
      ],
      unit: 'short',
      draw: numbers,
    },
    {
      title: 'Called a false alarm',
      description: 'Rollbacks that a person retried as a false alarm, in the time shown.',
      size: [6, 8],
      queries: [
        {
          expr: `sum by (namespace, policy, rule) (increase(${ofPolicies(metric.falseAlarms)}[$__range]))`,
          legend: '{{policy}} {{rule}} {{namespace}}',
        },
      ],
      unit: 'short',
      draw: numbers,
    },
    {
      title: 'Canary weight',
      description: 'Applied, as read back from the router.',
      size: [12, 8],
      queries: [
        { expr: ofPolicies(metric.weight, 'source="applied"'), legend: '{{policy}} {{release}} {{namespace}}' },
      ],
      unit: 'percentunit',
      draw: { kind: 'lines', steps: true },
    },
    {
      title: 'Time without metrics',
      description: 'Of the releases shown.',
      size: [12, 8],
      queries: [{ expr: ofPolicies(metric.blind), legend: '{{policy}} {{release}} {{namespace}}' }],
      unit: 's',
      draw: { kind: 'lines' },
    },
  ],
};
