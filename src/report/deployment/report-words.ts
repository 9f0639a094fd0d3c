/** The words of a report that all its forms share: one table of facts, one line for each thing, nothing about how they are drawn. */
import { afterHeads, afterRow } from '../after/after-words.ts';
import { betweenText, quantileName, responseTimeCell } from '../between-text.ts';
import { calledText } from '../called-text.ts';
import { countText, eventsText, tookText, valueText } from '../format-value.ts';
import type { PastRelease } from '../history-view.ts';
import { trendCells, trendHeads } from '../trends/trend-words.ts';
import type { DeploymentReport } from './deployment-report.ts';

export type Row = readonly string[];

export interface Table {
  readonly head: Row;
  readonly rows: readonly Row[];
}

export const statusWords = {
  success: 'succeeded',
  rollback: 'rolled back',
  partial: 'ended without a verdict',
  underWay: 'under way',
} as const satisfies Record<DeploymentReport['status'], string>;

const impactWords = {
  zeroDowntime: 'zero downtime',
  minor: 'minor',
  major: 'major',
  notMeasured: 'not measured',
} as const satisfies Record<DeploymentReport['impact']['level'], string>;

const measureWords = { met: 'met', missed: 'MISSED', notMeasured: 'not measured' } as const;

export const utc = (atMs: number): string => `${new Date(atMs).toISOString().slice(0, 19).replace('T', ' ')}Z`;

/** What, and what is known of it. */
export const factRows = (report: DeploymentReport): readonly Row[] => [
  ['Release', `${report.id}, started by ${report.startedBy}`],
  ['Revision', `${report.stableRevision ?? 'nothing'} -> ${report.revision}`],
  ['Start', utc(report.startedAtMs)],
  ['Promoted', report.promotedAtMs === null ? 'no' : utc(report.promotedAtMs)],
  ['End', report.endedAtMs === null ? 'not yet' : utc(report.endedAtMs)],
  ['Duration', tookText(report.durationMs)],
  ['Status', `${statusWords[report.status]}: ${report.statusWhy}`],
  ['Impact', `${impactWords[report.impact.level]}: ${report.impact.sentence}${countedBy(report)}`],
  ['Response time', responseText(report)],
  ['Tests', testText(report)],
  ['Coverage', report.findings.coverage === null ? 'not posted' : `${report.findings.coverage} %`],
  ['Security issues', securityText(report)],
  ['Rollback', rollbackText(report)],
  ['Rules', `${report.ruleSet.file} (${report.ruleSet.hash}); ${report.falseAlarm.sentence}`],
  ['Blind', report.blindMs > 0 ? tookText(report.blindMs) : 'never'],
  ...(report.compression === 1 ? [] : [['Time', `every duration of plan and rules divided by ${report.compression}`]]),
  ...(report.falseAlarm.called === null ? [] : [['False alarm', calledText(report.falseAlarm.called)]]),
];

const countedBy = ({ impact: { by } }: DeploymentReport): string => {
  if (by === null) return '';
  return by === 'router' ? ' (by the counters of the data plane)' : ` (by what ${by} counts)`;
};

const responseText = ({ responseTime: seen }: DeploymentReport): string => {
  if (seen === null) return 'no rule judges it';
  const name = quantileName(seen.quantile);
  const target = valueText(seen.targetSeconds, 'seconds');
  return `${name} ${betweenText(seen.canary)} (target ${target}; stable ${betweenText(seen.stable)}), of ${countText(seen.requests)} requests`;
};

const testText = ({ findings: { results } }: DeploymentReport): string =>
  results.length === 0
    ? 'no result was posted'
    : results
        .map(({ name, outcome, values, who }) => {
          const numbers = Object.entries(values).map(([key, value]) => `${key} ${value}`);
          return `${name} ${outcome}${numbers.length === 0 ? '' : ` (${numbers.join(', ')})`}, by ${who}`;
        })
        .join('; ');

const securityText = ({ findings: { security } }: DeploymentReport): string =>
  security === null
    ? 'not posted'
    : Object.entries(security)
        .map(([name, value]) => `${name} ${value}`)
        .join(', ');

const rollbackText = ({ rollback }: DeploymentReport): string => {
  if (rollback === null) return 'not executed';
  return rollback.executed ? `executed: ${rollback.message}` : `not executed (yet): ${rollback.message}`;
};

export const stepTable = ({ steps }: DeploymentReport): Table => ({
  head: ['weight', 'reached', 'observed', 'bake', 'took'],
  rows: steps.map(({ bakeMs, observedPercent, reachedAtMs, requests, tookMs, weight }) => [
    `${weight} %`,
    reachedAtMs === null ? 'never' : utc(reachedAtMs),
    observedPercent === null
      ? 'not counted'
      : `${valueText(observedPercent / 100, 'ratio')} of ${countText(requests ?? 0)} requests`,
    tookText(bakeMs),
    tookMs === null ? '-' : tookText(tookMs),
  ]),
});

export const ruleTable = ({ rules }: DeploymentReport): Table => ({
  head: ['rule', 'alert', 'canary', 'stable', 'limit', 'events', 'verdict'],
  rows: rules.map((rule) => [
    rule.name,
    rule.alert,
    valueText(rule.canary, rule.unit),
    valueText(rule.stable, rule.unit),
    rule.limitWords,
    eventsText(rule),
    rule.verdict ?? 'not seen',
  ]),
});

export const checklistTable = ({ checklist }: DeploymentReport): Table => ({
  head: ['what', 'state', 'evidence', 'who', 'when'],
  rows: checklist.map(({ atMs, evidence, kind, name, state, who }) => [
    `${kind} ${name}`,
    state,
    evidence,
    who ?? '',
    atMs === null ? '' : utc(atMs),
  ]),
});

export const successTable = ({ success }: DeploymentReport): Table => ({
  head: ['measure', 'result', 'number'],
  rows: success.map(({ said, state, what }) => [what, measureWords[state], said]),
});

export const issueTable = ({ issues }: DeploymentReport): Table => ({
  head: ['when', 'what', 'lasted', 'details'],
  rows: issues.map(({ atMs, lastedMs, message, reason }) => [
    utc(atMs),
    reason,
    lastedMs === null ? '' : tookText(lastedMs),
    message,
  ]),
});

/** The release itself first. */
export const earlierTable = (report: DeploymentReport): Table => ({
  head: ['revision', 'outcome', 'duration', 'response time', 'slow', 'errors', 'start'],
  rows: report.earlier.map((past) => [
    past.revision,
    past.id === report.id ? `${outcomeText(past)} (this one)` : outcomeText(past),
    tookText(past.durationMs),
    responseTimeCell(past.responseTime),
    past.slow === null ? '-' : `${valueText(past.slow.canary, past.slow.unit)} (limit ${past.slow.limitWords})`,
    past.errorRate === null ? '-' : valueText(past.errorRate.canary, past.errorRate.unit),
    utc(past.startedAtMs),
  ]),
});

export const trendTable = ({ trends }: DeploymentReport): Table => ({
  head: trendHeads(trends),
  rows: trends.periods.map((trend) => trendCells(trends, trend)),
});

export const afterTable = ({ afterPromotion: after }: DeploymentReport): Table => ({
  head: afterHeads,
  rows: (after?.rules ?? []).map(afterRow),
});

const outcomes = {
  running: 'under way',
  succeeded: 'succeeded',
  rolledBack: 'rolled back',
  failed: 'no verdict',
} as const;

const outcomeText = ({ calledFalseAlarm, result }: PastRelease): string =>
  `${outcomes[result]}${calledFalseAlarm ? ', false alarm' : ''}`;

export const rollbackRows = ({ rollback }: DeploymentReport): readonly Row[] => {
  if (rollback === null) return [];
  const { at, decidedAtMs, emptyAtMs, firstBreachAtMs, limitWords, promise, rule, toZeroMs, unit, value, zeroAtMs } =
    rollback;
  const after = (ms: number | null, what: string): string => (ms === null ? '' : `, ${tookText(ms)} after ${what}`);
  return [
    ['Executed', rollback.executed ? 'yes' : 'no, not yet'],
    ['Reason', `${rollback.message} (${rollback.reason})`],
    ...(rule === null ? [] : [['Rule', `${rule}, ${at ?? ''}`]]),
    ...(unit === null || limitWords === null ? [] : [['Value', `${valueText(value, unit)} against ${limitWords}`]]),
    ...(firstBreachAtMs === null ? [] : [['First breach', utc(firstBreachAtMs)]]),
    ['Decision', utc(decidedAtMs)],
    ['Weight 0', zeroAtMs === null ? 'not confirmed' : `${utc(zeroAtMs)}${after(toZeroMs, 'the decision')}`],
    [
      'Last request ended',
      emptyAtMs === null || zeroAtMs === null
        ? 'not confirmed'
        : `${utc(emptyAtMs)}${after(Math.max(0, emptyAtMs - zeroAtMs), 'weight 0')}`,
    ],
    [
      'Time to recovery',
      rollback.toRecoveryMs === null
        ? 'not recovered yet'
        : `${tookText(rollback.toRecoveryMs)} from ${firstBreachAtMs === null ? 'the decision, without a breach,' : 'the first breach'} to weight 0`,
    ],
    ...(promise === null ? [] : [['How sure', promise]]),
    ['Requests failed', rollback.requestsFailed === null ? 'not counted' : String(rollback.requestsFailed)],
    ...rollback.verified.map(({ evidence, state, what }) => [`Verified: ${what}`, `${state}: ${evidence}`]),
  ];
};

export const taskText = ({ done, note, what, who, atMs, name }: DeploymentReport['tasks'][number]): string => {
  const by = who === null || atMs === null ? '' : `, ${done ? 'done' : 'not done'} says ${who} at ${utc(atMs)}`;
  return `${name}: ${what}${by}${note === '' ? '' : `: ${note}`}`;
};
