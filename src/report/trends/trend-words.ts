/** Trends in words: a sentence that sums up, and a row of cells for each period, the same everywhere. */
import { betweenCell, quantileName } from '../between-text.ts';
import { tookText, valueText } from '../format-value.ts';
import type { Period } from './period.ts';
import type { Trend, Trends } from './trends.ts';

const utcDay = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10);

const times = (value: number | null): string => (value === null ? '-' : tookText(value));

const headOf: Readonly<Record<Period, string>> = { day: 'day', week: 'week of', month: 'month' };

type TrendWays = Pick<Trends, 'period' | 'quantile'>;

/** In the order of `trendCells`. */
export const trendHeads = ({ period, quantile }: TrendWays): readonly string[] => [
  headOf[period],
  'deployed',
  'failed',
  'restored in',
  'took',
  'errors',
  'slow',
  // An older controller tells none.
  typeof quantile === 'number' ? quantileName(quantile) : 'response time',
  'lead time',
];

export const trendCells = ({ period }: TrendWays, trend: Trend): readonly string[] => [
  utcDay(trend.fromMs).slice(0, period === 'month' ? 7 : 10),
  String(trend.deployments),
  failedText(trend),
  times(trend.restoreMs),
  times(trend.durationMs),
  valueText(trend.errorRatio, 'ratio'),
  valueText(trend.slowRatio, 'ratio'),
  betweenCell(trend.responseTime),
  times(trend.leadMs),
];

const failedText = ({ changeFailureRatio, failures }: Trend): string =>
  changeFailureRatio === null || failures === 0
    ? String(failures)
    : `${failures} (${valueText(changeFailureRatio, 'ratio')})`;

export const trendSentence = ({ whole }: Trends): string => {
  if (whole.deployments === 0) return 'nothing was deployed yet';
  const often = whole.perWeek === null ? '' : `, ${Number(whole.perWeek.toPrecision(2))} a week`;
  const restored = whole.restoreMs === null ? '' : `, restored in ${tookText(whole.restoreMs)}`;
  const alarms = whole.falseAlarms === 0 ? '' : `; ${whole.falseAlarms} taken back by a false alarm`;
  const lead = whole.leadMs === null ? '' : `; ${tookText(whole.leadMs)} from commit to promotion`;
  return `${whole.deployments} deployed since ${utcDay(whole.fromMs)}${often}; ${failedText(whole)} failed${restored}${alarms}${lead}`;
};
