/** The rules of a release as a table: canary against stable against limit, the verdict, and what would change it. */
import { eventsText, valueText } from '../../report/format-value.ts';
import type { RuleView } from '../../report/rule-view.ts';
import { columnsOf } from './columns.ts';
import type { Tone } from './paint.ts';
import { type Column, type TableOptions, table } from './table.ts';

export const ruleTable = (rules: readonly RuleView[], options: TableOptions): readonly string[] =>
  table(columns(takeWidth(options.width)), rules, options);

const columns = (room: number): readonly Column<RuleView>[] => [
  { head: 'RULE', cell: (rule) => ({ text: rule.name }), rank: 0 },
  { head: 'ALERT', cell: (rule) => ({ text: rule.alert }), rank: 5 },
  { head: 'CANARY', cell: (rule) => ({ text: valueText(rule.canary, rule.unit) }), rank: 0 },
  { head: 'STABLE', cell: (rule) => ({ text: valueText(rule.stable, rule.unit) }), rank: 2 },
  { head: 'LIMIT', cell: (rule) => ({ text: rule.limitWords }), rank: 1 },
  { head: 'EVENTS', cell: (rule) => ({ text: eventsText(rule) }), rank: 3 },
  { head: 'VERDICT', cell: (rule) => ({ text: verdictWord(rule), tone: toneOf(rule) }), rank: 0 },
  { head: room > narrow ? 'WHAT IT WOULD TAKE' : 'TAKES', cell: (rule) => ({ text: take(rule, room) }), rank: 4 },
];

const narrow = 16;

/** What the last column may use beside the others, roughly: it is left out where that is too little. */
const takeWidth = (width: number): number => (width >= 118 ? 45 : narrow);

const verdictWord = ({ verdict, advisory }: RuleView): string => `${verdict ?? '-'}${advisory ? '*' : ''}`;

const toneOf = ({ verdict, advisory }: RuleView): Tone => {
  if (verdict === null || advisory) return 'faint';
  return verdict === 'pass' ? 'good' : verdict === 'breach' ? 'bad' : 'care';
};

const take = ({ take: words, errorsToConvict, evidence, unit, verdict }: RuleView, room: number): string => {
  if (words !== '' && columnsOf(words) <= room) return words;
  if (verdict === null || verdict === 'breach') return '';
  if (unit === 'alert') return '';
  return errorsToConvict === null ? evidenceBar(evidence) : `${errorsToConvict} more bad`;
};

const barLength = 10;

/** Evidence against the canary; full is a conviction. */
const evidenceBar = (evidence: number): string =>
  `[${'='.repeat(Math.floor(evidence * barLength)).padEnd(barLength, '.')}]`;
