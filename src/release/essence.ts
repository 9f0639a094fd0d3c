/** What of a release was decided, as one text: without what only counts and times between two decisions. */
import type { Release } from './release.ts';

/** A moment of something that happened is kept; a span that grows is not. */
const isSpan = (key: string): boolean => key.endsWith('Ms') && !key.endsWith('AtMs') && !key.endsWith('SinceMs');

const withoutSpans = (_key: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).filter(([key]) => !isSpan(key)))
    : value;

/** The same for two states of a release between which nothing was decided, and nothing changed that people wait for. */
export function essenceOf(release: Release): string {
  const { approvals, calledFalseAlarm, gates, investigations, latch, orders, pauses, phase } = release;
  const { sight, successorRollback, supersededBy, verdicts, waiting, weight } = release;
  const decided = {
    ...{
      approvals,
      calledFalseAlarm,
      gates,
      investigations,
      latch,
      orders,
      pauses,
      phase,
      successorRollback,
      supersededBy,
    },
    waiting: waiting?.reason,
    sight: { source: sight.source, since: sight.blindSinceMs },
    weight: { ...weight, observedPercent: null, observedRequests: null },
    verdicts: verdicts.map(({ rule, kind, outcome }) => [rule, kind, outcome]),
  };
  return JSON.stringify(decided, withoutSpans);
}
