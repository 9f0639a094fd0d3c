/** One release now: weight, rules against their limits, evidence, decisions. */
import type { Dashboard } from './dashboard.ts';
import { chosen, metric, policyVariable } from './names.ts';

const lines = { kind: 'lines' } as const;
const dashed = { kind: 'lines', limits: true } as const;

export const releases: Dashboard = {
  uid: 'sluice-releases',
  title: 'Sluice: releases',
  description: 'One release now: weight, rules against their limits, evidence, decisions.',
  from: 'now-1h',
  refresh: '5s',
  variables: [
    policyVariable,
    { name: 'release', label: 'Release', query: `label_values(${metric.info}{policy=~"$policy"}, release)`, all: '.+' },
    { name: 'rule', label: 'Rule', query: `label_values(${chosen(metric.threshold)}, rule)`, all: null },
  ],
  annotations: [
    {
      name: 'Rollbacks',
      color: 'red',
      expr: `${chosen(metric.phase, 'phase="rollingBack"')} == 1`,
      text: '{{release}} rolls back',
    },
    { name: 'Steps', color: 'blue', expr: `changes(${chosen(metric.step)}[30s]) > 0`, text: '{{release}} step' },
  ],
  panels: [
    {
      title: 'Releases',
      description: 'What is delivered, from which revision to which.',
      size: [12, 6],
      queries: [{ expr: chosen(metric.info), legend: '' }],
      draw: { kind: 'table' },
    },
    {
      title: 'Phase',
      description: 'The phase that each release is in.',
      size: [12, 6],
      queries: [{ expr: `${chosen(metric.phase)} == 1`, legend: '{{release}} {{phase}}' }],
      draw: { kind: 'states' },
    },
    {
      title: 'Canary weight: desired, applied, observed',
      description: 'Decided, read back from the router, and counted in the requests since.',
      size: [16, 8],
      queries: [{ expr: chosen(metric.weight), legend: '{{release}} {{source}}' }],
      unit: 'percentunit',
      draw: { kind: 'lines', steps: true },
    },
    {
      title: 'Waiting for',
      description: 'Why a release stands still, in the words of the gate.',
      size: [8, 8],
      queries: [{ expr: chosen(metric.waiting), legend: '' }],
      draw: { kind: 'table' },
    },
    {
      title: '$rule',
      description: 'Canary and stable over the window of the rule, and its limit.',
      size: [12, 8],
      queries: [
        { expr: chosen(metric.value, 'rule="$rule"'), legend: '{{release}} {{arm}}' },
        { expr: chosen(metric.threshold, 'rule="$rule"'), legend: '{{release}} limit' },
      ],
      draw: { kind: 'lines', limits: true, repeat: 'rule' },
    },
    {
      title: 'Verdicts',
      description: 'The verdict of each rule.',
      size: [12, 8],
      queries: [{ expr: `${chosen(metric.verdict)} == 1`, legend: '{{rule}} {{verdict}}' }],
      draw: { kind: 'states' },
    },
    {
      title: 'Evidence against the canary',
      description: 'What reaches the dashed line convicts. Natural logarithm of the e-value.',
      size: [12, 8],
      queries: [
        { expr: chosen(metric.evidence, 'test=~"absolute|relative"'), legend: '{{rule}} {{test}}' },
        { expr: `max by (namespace, rule) (${chosen(metric.conviction)})`, legend: '{{rule}} convicts' },
      ],
      draw: dashed,
    },
    {
      title: 'Evidence of health',
      description: 'What a pass by proof rests on; 3 is enough at the default.',
      size: [12, 8],
      queries: [{ expr: chosen(metric.evidence, 'test="health"'), legend: '{{rule}}' }],
      draw: lines,
    },
    {
      title: 'Canary events judged',
      description: 'Since the release began.',
      size: [12, 8],
      queries: [{ expr: chosen(metric.events), legend: '{{rule}}' }],
      unit: 'short',
      draw: lines,
    },
    {
      title: 'Without metrics',
      description: 'Time of each release in which no metric source answered.',
      size: [12, 8],
      queries: [{ expr: chosen(metric.blind), legend: '{{release}}' }],
      unit: 's',
      draw: { kind: 'numbers' },
    },
  ],
};
