/** A release in detail: the sentence and the evidence of each rule, then the decision log, newest first. */
import type { LogEntry } from '../../release/log.ts';
import { eventsText } from '../../report/format-value.ts';
import type { ReleaseView } from '../../report/release-view.ts';
import type { RuleView } from '../../report/rule-view.ts';
import { logLine } from '../live-screen.ts';
import { fit, wrap } from '../render/fit.ts';

const indent = '  ';

export const detailLines = (view: ReleaseView, log: readonly LogEntry[], width: number): readonly string[] => [
  ...view.rules.flatMap((rule) => ruleLines(rule, width)),
  ...wrap(view.falseAlarm.sentence, width, indent),
  ...view.notes.flatMap(({ message, reason }) => wrap(`${reason}: ${message}`, width, indent)),
  '',
  fit(`DECISION LOG, newest first: ${log.length} entries`, width),
  ...[...log].reverse().flatMap((entry) => wrap(logLine(entry), width, '         ')),
];

const ruleLines = (rule: RuleView, width: number): readonly string[] => {
  const verdict = `${rule.verdict ?? 'not looked at'}${rule.advisory ? ' (only advises)' : ''}`;
  return [
    fit(`${rule.name}: ${verdict}, ${rule.alert}, ${rule.at}`, width),
    ...[rule.message, evidenceText(rule)]
      .filter((text) => text !== '')
      .flatMap((text) => wrap(text, Math.max(1, width - indent.length)).map((line) => `${indent}${line}`)),
  ];
};

const evidenceText = (rule: RuleView): string => {
  if (rule.verdict === null || rule.unit === 'alert') return '';
  const counted = `${rule.counts ? `${eventsText(rule)} events, ` : ''}${Math.floor(rule.evidence * 100)} % of the evidence that convicts`;
  const bursts = rule.dispersion === null ? '' : `bursts: ${rule.dispersion.phi.toFixed(1)} (${rule.dispersion.from})`;
  return [counted, rule.take, bursts].filter((text) => text !== '').join('; ');
};
