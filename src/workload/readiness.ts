/** Ready or not: what a row of probes says about one instance. */
import type { Result } from '../lib/result.ts';

export interface Readiness {
  readonly state: 'starting' | 'ready' | 'unready';
  /** Probes that failed since the last that passed. */
  readonly failures: number;
  /** Why it is not ready; empty when it is. */
  readonly message: string;
}

/** What one probe found: an error is a sentence for people. */
export type Probed = Result<void, string>;

/** One failed probe is an accident, three are a state. */
const failuresUntilUnready = 3;

export const starting: Readiness = { state: 'starting', failures: 0, message: 'not probed yet' };

export const ready: Readiness = { state: 'ready', failures: 0, message: '' };

/** Too few probes have failed to say that it is not ready, and none has passed. */
export const isUndecided = ({ state, failures }: Readiness): boolean =>
  state === 'starting' && failures < failuresUntilUnready;

/** The next readiness: one passed probe makes ready; three failures in a row make unready what was ready. */
export function afterProbe(before: Readiness, probed: Probed): Readiness {
  if (probed.ok) return ready;
  const failures = before.failures + 1;
  if (before.state === 'starting') return { state: 'starting', failures, message: probed.error };
  if (before.state === 'ready' && failures < failuresUntilUnready) return { ...before, failures };
  return { state: 'unready', failures, message: probed.error };
}
