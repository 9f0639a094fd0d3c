/** Port: where state lives. One writer; every update is conditional on the version that was read. */
import type { Result } from '../lib/result.ts';
import type { RevisionSpec } from '../workload/revision-spec.ts';
import type { LogEntry } from './log.ts';
import type { Release } from './release.ts';

/** What is known of a policy between releases. */
export interface PolicyState {
  readonly policy: string;
  /** Revision that serves all users; null before the first. */
  readonly stable: string | null;
  /** Revision before it, the way back during the watch. */
  readonly previous: string | null;
  /** Revisions that failed and are not tried again until someone says so. */
  readonly frozen: readonly string[];
  readonly revisions: Readonly<Record<string, RevisionSpec>>;
  readonly version: number;
}

export interface Store {
  /** Number of this writer, higher than every one before it. */
  readonly epoch: number;
  release(id: string): Promise<Result<Release | null>>;
  /** Newest first. */
  releases(filter: {
    readonly policy?: string;
    readonly active?: true;
    readonly limit?: number;
  }): Promise<Result<readonly Release[]>>;
  /** Fails with reason `Conflict` when the stored version is not `release.version`; stores it with version + 1 and answers that. */
  save(release: Release, log: readonly LogEntry[]): Promise<Result<Release>>;
  policy(name: string): Promise<Result<PolicyState | null>>;
  savePolicy(state: PolicyState): Promise<Result<PolicyState>>;
  log(release: string): Promise<Result<readonly LogEntry[]>>;
  close(): Promise<void>;
}
