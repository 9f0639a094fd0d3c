/** What the users of the demo see, from the load generator's last report, in forms from long to short. Pure. */
import { tookText } from '../../report/format-value.ts';
import { count } from '../../verdict/words.ts';
import type { LoadCounts, LoadReport } from './load-tally.ts';

/** Ordered from the longest; the first that fits is for the screen. */
export const usersText = (report: LoadReport | null): readonly string[] => {
  if (report === null) return ['users  none yet'];
  const { lastSecond, longestInterruptionMs, total } = report;
  const rate = `users  ${count(lastSecond.sent)} requests/s`;
  const failures = `failed ${count(failedIn(total))} of ${count(total.sent)}`;
  const p95 = `p95 ${tookText(lastSecond.latencyMs.p95)}`;
  const gap = `longest gap ${tookText(longestInterruptionMs)}`;
  return [
    [rate, failures, p95, gap].join('   '),
    [rate, failures, p95].join('   '),
    [`${count(lastSecond.sent)}/s`, failures].join('  '),
  ];
};

/** Answered with 5xx, or not at all. */
export const failedIn = ({ versions }: LoadCounts): number =>
  Object.values(versions).reduce((sum, { failed }) => sum + failed, 0);

export const succeededIn = ({ versions }: LoadCounts): number =>
  Object.values(versions).reduce((sum, { succeeded }) => sum + succeeded, 0);
