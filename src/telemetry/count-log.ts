/** What new lines of a decision log mean for the counters: decisions, rollbacks, ends, time to zero, corrected drift. */
import type { LogEntry } from '../release/log.ts';
import { isEnding } from '../release/phase.ts';
import type { Release } from '../release/release.ts';
import type { Metrics } from './metrics.ts';

/** `release` as it was saved together with the lines. */
export const countLog = (metrics: Metrics, release: Release, log: readonly LogEntry[]): void => {
  for (const { kind, reason, data } of log) {
    const { decision, rule } = data;
    if (kind === 'decision' && typeof decision === 'string') metrics.decided(decision, reason);
    if (decision === 'rollback') metrics.rolledBack(release.policy, typeof rule === 'string' ? rule : null);
    if (reason === 'WeightRaised' || reason === 'TrafficContested') countDrift(metrics, release, kind);
  }
  if (log.some(isEnding)) countEnd(metrics, release);
};

const countEnd = (metrics: Metrics, { phase, policy, startedAtMs }: Release): void => {
  if (!('endedAtMs' in phase)) return;
  metrics.ended(policy, phase.phase, Math.max(0, phase.endedAtMs - startedAtMs));
  if (phase.phase === 'rolledBack') metrics.reachedZero(Math.max(0, phase.zeroAtMs - phase.cause.atMs));
};

/** The gate's word on contested traffic is no further raise. */
const countDrift = (metrics: Metrics, { policy }: Release, kind: LogEntry['kind']): void => {
  if (kind === 'event') metrics.driftCorrected(policy);
};
