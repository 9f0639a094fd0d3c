/** What went otherwise than planned, with its time: holds, breaches, outages, and what people ordered. */
import type { LogEntry } from '../../release/log.ts';
import { isPlannedHold } from '../held.ts';

export interface Issue {
  readonly atMs: number;
  readonly reason: string;
  readonly message: string;
  /** Of a hold: until the next decision; null: it is a moment. */
  readonly lastedMs: number | null;
}

/** Events that belong to every release. */
const routine: ReadonlySet<string> = new Set([
  'Outlook',
  'WeightApplied',
  'WeightVerified',
  'WeightUnverified',
  'PhaseChanged',
  'Promoted',
  'Succeeded',
  'RolledBack',
  'Failed',
  'ReleaseStarted',
  'FirstDeployment',
  'SightReturned',
  'Approved',
  'GatePassed',
]);

export const issuesOf = (log: readonly LogEntry[], endMs: number): readonly Issue[] => {
  const decisions = log.filter(({ kind }) => kind === 'decision');
  return log.flatMap((entry): readonly Issue[] => {
    const { atMs, data, kind, message, reason } = entry;
    if (kind === 'write' || routine.has(reason)) return [];
    if (kind !== 'decision') return [{ atMs, reason, message, lastedMs: null }];
    if (data['decision'] === 'rollback') return [{ atMs, reason, message, lastedMs: null }];
    if (data['decision'] !== 'hold' || isPlannedHold(reason)) return [];
    const next = decisions[decisions.indexOf(entry) + 1];
    return [{ atMs, reason, message, lastedMs: Math.max(0, (next?.atMs ?? endMs) - atMs) }];
  });
};
