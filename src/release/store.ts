/** Port: where state lives. One writer; every update is conditional on the version that was read. */
import type { Problem, Result } from '../lib/result.ts';
import type { RevisionSpec } from '../workload/revision-spec.ts';
import type { Adoption } from './adoption.ts';
import type { Attestation } from './attestation.ts';
import type { Frozen } from './frozen-revisions.ts';
import type { Journalled } from './journal.ts';
import type { JournalSpan } from './journal-span.ts';
import type { LogEntry } from './log.ts';
import type { Release } from './release.ts';

/** What is known of a policy between releases. */
export interface PolicyState extends Frozen {
  readonly policy: string;
  /** Revision that serves all users; null before the first. */
  readonly stable: string | null;
  /** Revision before it, the way back during the watch. */
  readonly previous: string | null;
  readonly revisions: Readonly<Record<string, RevisionSpec>>;
  /** Results of tests and audits by revision, oldest first; see attestation.ts. */
  readonly attested: readonly Attestation[];
  /** Left out: nobody ever said which one is stable. */
  readonly adopted?: Adoption;
  readonly version: number;
}

export interface Unreadable {
  readonly id: string;
  readonly policy: string;
  readonly problem: Problem;
}

/** Every call settles with a value: a store that is full, read-only or gone is a problem with a reason, never a throw. */
export interface Store {
  /** Number of this writer, higher than every one before it. */
  readonly epoch: number;
  /** Fails with reason `StateUnreadable` when the record is of another format or lacks anything: it is never read by guessing. */
  release(id: string): Promise<Result<Release | null>>;
  /** Newest first; what can't be read is left out here and listed by `unreadable`. */
  releases(filter: {
    readonly policy?: string;
    readonly active?: true;
    readonly limit?: number;
  }): Promise<Result<readonly Release[]>>;
  /** Durable once it settles. Fails with reason `Conflict` when the stored version is not `release.version`; stores it with version + 1 and answers that. */
  save(release: Release, log: readonly LogEntry[]): Promise<Result<Release>>;
  policy(name: string): Promise<Result<PolicyState | null>>;
  /** Like `save`: conditional on `version`, 0 for a new one. */
  savePolicy(state: PolicyState): Promise<Result<PolicyState>>;
  /** The last lines, oldest first; 1,000 unless told otherwise. */
  log(release: string, last?: number): Promise<Result<readonly LogEntry[]>>;
  /** Keeps a look at a release beside its record, in bounded room: for people, never for a decision. Not waited for by any. */
  note(release: string, span: JournalSpan): Promise<Result<void>>;
  /** What was kept of the looks at a release. */
  journal(release: string): Promise<Result<Journalled>>;
  /** Releases whose record can't be read, with the reason: they stand as they are until somebody looks. */
  unreadable(): Promise<Result<readonly Unreadable[]>>;
  close(): Promise<void>;
}
