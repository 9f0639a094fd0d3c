/** What a rule file or a policy says, in a few lines, for `rules check`. */
import { formatDuration } from '../lib/duration.ts';
import { formatListenAddress } from '../lib/listen-address.ts';
import type { Policy, SourceSpec } from '../release/policy.ts';
import { burnLimitText } from '../rules/burn-rate.ts';
import type { Rule, RuleSet } from '../rules/rule.ts';
import { daysAgo } from '../verdict/words.ts';
import { columnsOf, padded } from './render/columns.ts';
import { shown } from './render/shown.ts';

/** Columns as wide as their widest cell, without blanks at the end of a line. */
const table = (said: readonly (readonly string[])[]): string => {
  const rows = said.map((row) => row.map(shown));
  const widths = rows.reduce<number[]>((all, row) => row.map((cell, i) => Math.max(all[i] ?? 0, columnsOf(cell))), []);
  const line = (row: readonly string[]): string => row.map((cell, i) => padded(cell, widths[i] ?? 0)).join('  ');
  return rows.map((row) => `  ${line(row).trimEnd()}\n`).join('');
};

const needs = (rule: Rule): string => {
  if (rule.sli.kind === 'volume' && rule.sli.agoMs !== undefined)
    return `${rule.minEvents.toLocaleString('en-US')} requests ${daysAgo(rule.sli.agoMs)}`;
  if (rule.sli.kind === 'alert' && rule.forMs === 0) return 'one look at it firing to convict';
  if (rule.minEvents === 0) return `outside for ${formatDuration(rule.forMs)} to convict`;
  return `${rule.minEvents.toLocaleString('en-US')} requests to pass`;
};

const seriesOf = ({ sli }: Rule): string => {
  switch (sli.kind) {
    case 'ratio':
    case 'volume':
      return sli.total.metric;
    case 'latency':
      return sli.histogram.metric;
    case 'gauge':
      return sli.selector.metric;
    case 'expression':
      return 'PromQL';
    case 'alert':
      return `alert ${sli.alertname}`;
  }
};

const ruleRow = (rule: Rule): readonly string[] => [
  rule.dryRun ? `${rule.name} (dry run)` : rule.name,
  rule.alert,
  rule.burnRate.length > 0 ? burnLimitText(rule.burnRate, rule.thresholdText) : rule.thresholdText,
  rule.sli.kind === 'alert' ? '-' : formatDuration(rule.windowMs),
  rule.judge,
  needs(rule),
  seriesOf(rule),
];

const heading = ['RULE', 'ALERT', 'LIMIT', 'WINDOW', 'JUDGE', 'NEEDS', 'FROM'];

const windowNote =
  '  The window of a sequential rule is what is shown and what "suspect" looks at; evidence counts from the start of\n' +
  '  the release, so another window does not change when such a rule convicts.\n';

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

/** One line with the numbers, then a line a rule. */
export const rulesSummary = (file: string, set: RuleSet): string => {
  const critical = set.rules.filter(({ alert }) => alert === 'critical').length;
  const note = set.rules.some(({ judge }) => judge === 'sequential') ? windowNote : '';
  const head = `${file}: good: ${plural(set.rules.length, 'rule')}, ${critical} critical, content ${set.hash}\n`;
  return head + table([heading, ...set.rules.map(ruleRow)]) + note;
};

const sourceText = (name: string, source: SourceSpec | undefined): string =>
  source === undefined || source.kind === 'scrape'
    ? `${name} (scrape every ${formatDuration(source?.intervalMs ?? 0)})`
    : `${name} (${source.kind} ${source.url} every ${formatDuration(source.intervalMs)})`;

/** An argument as it can be shown: odd characters escaped, so that a file cannot speak to the terminal. */
const argument = (text: string): string => (/^[\x21-\x7E]+$/.test(text) ? text : JSON.stringify(text));

const targetText = ({ spec, revision }: Policy['target']): string => {
  if (spec.kind === 'endpoints') return `${plural(spec.urls.length, 'endpoint')}, revision ${revision}`;
  const run = (words: readonly string[]): string => words.map(argument).join(' ');
  return spec.kind === 'command'
    ? `${spec.replicas} x ${run(spec.command)}, revision ${revision}`
    : `${spec.replicas} of ${spec.hosts.length} hosts by ${run(spec.commands.deploy)}, revision ${revision}`;
};

const planText = ({ plan }: Policy): string => {
  const steps = plan.steps.map(({ weight, bakeMs }) => `${weight}% ${formatDuration(bakeMs)}`).join(', ');
  return `${steps}; at most ${formatDuration(plan.maxDurationMs)}, then watched for ${formatDuration(plan.watchMs)}`;
};

const metricsText = ({ metrics, sources }: Policy): string => {
  const { source, fallback, alerts } = metrics;
  const first = sourceText(source, sources[source]);
  const other = fallback === null ? '' : `, else ${sourceText(fallback, sources[fallback])}`;
  return `${first}${other}${alerts === null ? '' : `; alerts from ${sourceText(alerts, sources[alerts])}`}`;
};

const trafficText = (traffic: Policy['traffic']): string =>
  traffic.kind === 'proxy'
    ? `proxy on ${formatListenAddress(traffic.listen)}`
    : `backend ${traffic.backend} of haproxy at ${traffic.endpoints.join(', ')}`;

/** One line with the name, then a line for each part. */
export const policySummary = (file: string, policy: Policy): string => {
  const confidence = `${Number(((1 - policy.judge.alpha) * 100).toPrecision(8))}%`;
  return (
    `${file}: good: policy ${policy.namespace}/${policy.name}, mode ${policy.mode}, confidence ${confidence}\n` +
    table([
      ['target', targetText(policy.target)],
      ['traffic', trafficText(policy.traffic)],
      ['metrics', metricsText(policy)],
      ['plan', planText(policy)],
    ])
  );
};
