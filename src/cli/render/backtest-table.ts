/** A backtest for people: a line a release, the totals, and what could not be replayed. */
import type { Backtest } from '../../tuning/backtest/backtest.ts';
import { shareText, spanText } from '../../tuning/backtest/html-text.ts';
import type { Row } from '../../tuning/backtest/row.ts';
import {
  dispersionText,
  earlierText,
  endingText,
  healthyText,
  markText,
  outcomeText,
  totalsText,
} from '../../tuning/backtest/words.ts';
import { fit, wrap } from './fit.ts';
import type { Tone } from './paint.ts';
import { type Column, type TableOptions, table } from './table.ts';

export const backtestLines = (result: Backtest, options: TableOptions): readonly string[] => [
  ...releases(result, options),
  '',
  ...totalsText(result.totals).flatMap((line) => wrap(line, options.width)),
  ...foundText(result, options.width),
  '',
  ...wrap(healthyText(result.healthy), options.width),
  ...convictions(result, options.width),
  ...result.dispersion.flatMap((each) => wrap(dispersionText(each), options.width)),
  ...unreplayable(result, options),
];

const releases = ({ rows, fromMs, toMs }: Backtest, options: TableOptions): readonly string[] =>
  rows.length === 0
    ? [`No past release was found and replayed in the ${spanText(toMs - fromMs)} asked for.`]
    : table(columns(rows), rows, options);

const columns = (rows: readonly Row[]): readonly Column<Row>[] => [
  { head: 'TIME', cell: ({ startMs }) => ({ text: dayAndTime(startMs) }), rank: 0 },
  { head: 'VERSION', cell: ({ version }) => ({ text: short(version) }), rank: 0 },
  { head: 'THEN', cell: (row) => ({ text: endingText(row) }), rank: 1 },
  {
    head: 'OLD RULES',
    cell: (row) => ({ text: `${outcomeText(row.old, row)}${row.isOldRecorded ? '*' : ''}` }),
    rank: 0,
  },
  { head: 'NEW RULES', cell: (row) => ({ text: outcomeText(row.new, row), tone: toneOf(row) }), rank: 0 },
  { head: 'MARK', cell: (row) => ({ text: markText[row.mark], tone: toneOf(row) }), rank: 0 },
  { head: 'DIFFERENCE', cell: (row) => ({ text: earlierText(row) }), rank: 2 },
  {
    head: 'SAVED',
    cell: ({ errorsSaved }) => ({ text: errorsSaved === 0 ? '' : String(Math.round(errorsSaved)) }),
    rank: 3,
  },
  { head: 'FAILED, BEFORE', cell: (row) => ({ text: ratesText(row) }), rank: 4 },
  ...(rows.some(({ blindMs }) => blindMs > 0)
    ? [{ head: 'BLIND', cell: ({ blindMs }: Row) => ({ text: blindMs === 0 ? '' : spanText(blindMs) }), rank: 5 }]
    : []),
];

const short = (name: string): string => fit(name, 16);

const ratesText = ({ canary, before }: Row): string =>
  canary === null || before === null ? '' : `${shareText(canary)}, ${shareText(before)}`;

const tones: Readonly<Record<Row['mark'], Tone>> = {
  good: 'plain',
  caught: 'good',
  missed: 'bad',
  false: 'bad',
  unseen: 'care',
};

const toneOf = ({ mark }: Row): Tone => tones[mark];

const two = (value: number): string => String(value).padStart(2, '0');

/** Where the reader is. */
const dayAndTime = (atMs: number): string => {
  const at = new Date(atMs);
  return `${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`;
};

function foundText({ found, rows }: Backtest, width: number): readonly string[] {
  const traces = Object.entries(found).filter(([, count]) => count > 0);
  const told = traces.map(([trace, count]) => `${count} by ${trace.replaceAll('-', ' ')}`).join(', ');
  return [
    ...wrap(`Found: ${told === '' ? 'none' : told}.`, width),
    ...(rows.some(({ isOldRecorded }) => isOldRecorded)
      ? wrap('* as Sluice recorded it then, not replayed.', width)
      : []),
  ];
}

const convictions = ({ healthy }: Backtest, width: number): readonly string[] =>
  healthy.new.convictions.flatMap(({ atMs, message }) => wrap(`  ${dayAndTime(atMs)} ${message}`, width, '    '));

function unreplayable(result: Backtest, { width, paint }: TableOptions): readonly string[] {
  if (result.unreplayable.length === 0) return [];
  const items = result.unreplayable.flatMap(({ what, fromMs, toMs, why, remedy }) => {
    const when = toMs > fromMs ? `${dayAndTime(fromMs)} to ${dayAndTime(toMs)}` : dayAndTime(fromMs);
    return wrap(`${what} (${when}): ${why}. What helps: ${remedy}.`, width - 2, '  ').map((line) => `  ${line}`);
  });
  return ['', paint('Not replayed:', 'strong'), ...items];
}
