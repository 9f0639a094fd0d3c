/** When each step's weight was reached, and which share was seen there: read out of the decision log. */
import type { LogEntry } from '../release/log.ts';
import type { ReleaseView } from './release-view.ts';

export interface StepHistory {
  /** Canary percent. */
  readonly weight: number;
  /** When it was first read back from the router; null: never. */
  readonly reachedAtMs: number | null;
  readonly observedPercent: number | null;
  readonly requests: number | null;
}

export const stepHistory = (view: ReleaseView, log: readonly LogEntry[]): readonly StepHistory[] =>
  view.steps.map(({ weight }) => {
    const reached = log.find(({ reason, data }) => reason === 'WeightApplied' && data['found'] === weight);
    const seen = log.find(({ reason, data }) => reason === 'WeightVerified' && data['applied'] === weight);
    return {
      weight,
      reachedAtMs: reached?.atMs ?? null,
      observedPercent: numberOf(seen, 'observedPercent'),
      requests: numberOf(seen, 'observedRequests'),
    };
  });

const numberOf = (entry: LogEntry | undefined, key: string): number | null => {
  const value = entry?.data[key];
  return typeof value === 'number' ? value : null;
};
