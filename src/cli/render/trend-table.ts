/** Trends of a policy as a table, newest first, under a sentence that sums them up. */
import { trendCells, trendHeads, trendSentence } from '../../report/trends/trend-words.ts';
import type { Trend, Trends } from '../../report/trends/trends.ts';
import { wrap } from './fit.ts';
import { type Column, type TableOptions, table } from './table.ts';

export const trendTable = (trends: Trends, options: TableOptions): readonly string[] => [
  ...wrap(`${trends.policy}: ${trendSentence(trends)}`, options.width, '  '),
  ...(trends.periods.length === 0 ? [] : table(columnsBy(trends), trends.periods, options)),
];

/** What is left out first where the width is short, in the order of the cells. */
const ranks = [0, 0, 0, 1, 3, 2, 3, 2, 4] as const;

const columnsBy = (trends: Trends): readonly Column<Trend>[] =>
  trendHeads(trends).map((head, at) => ({
    head: head.toUpperCase(),
    cell: (trend) => ({ text: trendCells(trends, trend)[at] ?? '' }),
    rank: ranks[at] ?? 0,
  }));
