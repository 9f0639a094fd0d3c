/** Earlier releases of a policy as a table, newest first, under a line that sums them up. */
import { responseTimeCell } from '../../report/between-text.ts';
import { dayAndTime, tookText, valueText } from '../../report/format-value.ts';
import type { PastRelease, PastRule, PolicyHistory } from '../../report/history-view.ts';
import { wrap } from './fit.ts';
import { type Cell, type Column, type TableOptions, table } from './table.ts';

export const historyTable = (history: PolicyHistory, options: TableOptions): readonly string[] => [
  ...wrap(sumText(history), options.width, '  '),
  ...(history.releases.length === 0 ? [] : table(columns, history.releases, options)),
];

const sumText = ({ policy, releases, totals }: PolicyHistory): string => {
  if (releases.length === 0) return `${policy}: no release yet; begin one with: sluice start ${policy} --revision NAME`;
  const { failed, medianSuccessMs, rolledBack, running, succeeded } = totals;
  const counts = [
    [succeeded, 'succeeded'],
    [rolledBack, 'rolled back'],
    [failed, 'failed'],
    [running, 'under way'],
  ] as const;
  const said = counts.flatMap(([count, word]) => (count > 0 ? [`${count} ${word}`] : []));
  const median =
    medianSuccessMs === null ? '' : `; half of those that succeeded took ${tookText(medianSuccessMs)} or less`;
  return `${policy}: ${said.join(', ')}${median}`;
};

const columns: readonly Column<PastRelease>[] = [
  { head: 'REVISION', cell: ({ revision }) => ({ text: revision }), rank: 0 },
  { head: 'RELEASE', cell: ({ id }) => ({ text: id }), rank: 6 },
  { head: 'STARTED', cell: ({ startedAtMs }) => ({ text: dayAndTime(startedAtMs) }), rank: 3 },
  { head: 'RESULT', cell: resultCell, rank: 0 },
  { head: 'TOOK', cell: ({ durationMs }) => ({ text: tookText(durationMs) }), rank: 0 },
  { head: 'REACHED', cell: ({ reachedPercent }) => ({ text: `${reachedPercent} %` }), rank: 2 },
  { head: 'ERRORS', cell: ({ errorRate }) => ruleCell(errorRate), rank: 1 },
  { head: 'SLOW', cell: ({ slow }) => ruleCell(slow), rank: 1 },
  { head: 'TIME', cell: ({ responseTime }) => ({ text: responseTimeCell(responseTime) }), rank: 3 },
  { head: 'HELD', cell: ({ heldMs }) => ({ text: spent(heldMs) }), rank: 4 },
  { head: 'BLIND', cell: ({ blindMs }) => ({ text: spent(blindMs) }), rank: 4 },
  { head: 'WHY', cell: whyCell, rank: 5, enough: 20 },
];

function resultCell({ calledFalseAlarm, result }: PastRelease): Cell {
  const words = { running: 'under way', succeeded: 'succeeded', rolledBack: 'rolled back', failed: 'failed' } as const;
  const tones = { running: 'plain', succeeded: 'good', rolledBack: 'bad', failed: 'bad' } as const;
  return { text: `${words[result]}${calledFalseAlarm ? ', false alarm' : ''}`, tone: tones[result] };
}

/** As the rule last saw the canary. */
const ruleCell = (rule: PastRule | null): Cell => {
  if (rule === null) return { text: '-' };
  const text = valueText(rule.canary, rule.unit);
  return rule.verdict === 'breach' ? { text: `${text}!`, tone: 'bad' } : { text };
};

const spent = (durationMs: number): string => (durationMs < 500 ? '-' : tookText(durationMs));

function whyCell({ cause, requestsFailed, toZeroMs }: PastRelease): Cell {
  if (cause === null) return { text: '' };
  const zero = toZeroMs === null ? '' : `weight 0 after ${tookText(toZeroMs)}`;
  const users = requestsFailed === null ? '' : `${requestsFailed} requests failed`;
  return { text: [cause.replace(/\.$/, ''), zero, users].filter((part) => part !== '').join('; ') };
}
