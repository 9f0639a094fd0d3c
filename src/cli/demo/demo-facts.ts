/** What came of a demo, as numbers: everything that its report says and its exit code rests on. */
import type { ReleaseView } from '../../report/release-view.ts';
import type { LoadCounts } from './load-tally.ts';
import type { OutageSeen } from './outage-seen.ts';

export interface ReleaseFacts {
  readonly revision: string;
  /** As it ended; null: it was never begun. */
  readonly view: ReleaseView | null;
  /** Canary percent that the data plane had for it, in order. */
  readonly weights: readonly number[];
  /** From its start to its promotion; null: it was not promoted. */
  readonly promotedAfterMs: number | null;
  readonly outage: OutageSeen | null;
}

export interface UserFacts {
  readonly counts: LoadCounts;
  readonly longestInterruptionMs: number;
  /** Answered with success while the metrics were out. */
  readonly servedInOutage: number;
}

export interface DemoFacts {
  readonly healthy: ReleaseFacts;
  readonly faulty: ReleaseFacts;
  /** Null: the load generator said nothing. */
  readonly users: UserFacts | null;
  readonly outage: 'shown' | 'left out';
  /** What a person did to it: explains what came out otherwise. */
  readonly interventions: readonly string[];
  /** Rules whose warnings the demo answered, because nobody else would have. */
  readonly answered: readonly string[];
  /** What cut the story short, as a sentence; null: it was told to the end. */
  readonly cutShort: string | null;
}

/** From the first request that the faulty version failed to weight 0; null: one of them did not happen. */
export const failingMs = ({ faulty, users }: DemoFacts): number | null => {
  const from = users?.counts.versions[faulty.revision]?.firstFailedAtMs ?? null;
  const zeroAtMs = faulty.view?.rollback?.zeroAtMs ?? null;
  return from === null || zeroAtMs === null ? null : Math.max(0, zeroAtMs - from);
};
