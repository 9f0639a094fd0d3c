/** When trouble may begin: the prior weight of an onset in each tick. */
import type { Evidence } from './mixture.ts';
import type { JudgeSettings } from './settings.ts';

const onsetMs = 30 * 60_000;

/**
 * Half of the prior on the first tick and the rest spread over time (`in-time`), or all on the first tick.
 * It runs in time, not in ticks: how often the metrics are read changes nothing.
 */
export const onsetWeight = (
  changePoint: JudgeSettings['changePoint'],
  evidence: Evidence,
  sinceLastMs: number,
): number => {
  const first = evidence.lnA.length === 0;
  if (changePoint === 'first-tick') return first ? 1 : 0;
  if (first) return 0.5;
  return evidence.rest * -Math.expm1(-Math.max(0, sinceLastMs) / onsetMs);
};
