/** Port: everything that the server may ask of the controller; it never touches store, router or workload itself. */

import type { RollbackPoint } from '../backup/snapshots.ts';
import type { Result } from '../lib/result.ts';
import type { AdoptRequest } from '../release/adoption.ts';
import type { Attestation } from '../release/attestation.ts';
import type { Journalled } from '../release/journal.ts';
import type { LogEntry } from '../release/log.ts';
import type { OwnRollback } from '../release/own-rollback.ts';
import type { PolicyVariant } from '../release/policy-variant.ts';
import type { Release } from '../release/release.ts';
import type { PolicyState, Store } from '../release/store.ts';
import type { Known } from '../release/who-may.ts';
import type { PolicyRules } from '../report/policy-rules-view.ts';
import type { PolicySummary } from '../report/policy-summary.ts';
import type { InstanceCounts } from '../report/release-view.ts';
import type { RestoreReport } from '../report/restore-report.ts';
import type { RevisionSpec } from '../workload/revision-spec.ts';
import type { Records } from './records.ts';

/**
 * Failures carry a reason; these have a meaning of their own over HTTP (see http-errors.ts), every other means that the present state
 * does not allow it (409), or, when retryable, that it can be tried again (503): `NotFound`, `Ambiguous`, `Invalid`, `Unavailable`.
 */
export interface Controls {
  /** Begins a release. The same policy and revision again, while it runs, answers the one that runs. */
  start(request: StartRequest): Promise<Result<Release>>;
  /** Records a person's order and answers the release after it (`retry`: the new one). The same order twice has the effect of one. */
  act(id: string, action: ReleaseAction): Promise<Result<Release>>;
  /** Records a result for a revision of a policy, whether or not it is being released. The same twice has the effect of once. */
  attest(policy: string, given: AttestRequest): Promise<Result<Attestation>>;
  /** Makes a revision that is kept stable, between releases; users follow when it is ready. The same twice has the effect of once. */
  setStable(policy: string, given: AdoptRequest): Promise<Result<PolicyState>>;
  /** Rollback points of a policy, newest first. */
  backups(policy: string): Promise<Result<readonly RollbackPoint[]>>;
  /** Takes a backup now. */
  backup(policy: string, request: BackupRequest): Promise<Result<RollbackPoint>>;
  /** Compares, or brings back; the same again goes on where it was interrupted. */
  restore(policy: string, request: RestoreRequest): Promise<Result<RestoreReport>>;
  release(id: string): Promise<Result<Release | null>>;
  /** Newest first. */
  releases(filter: Parameters<Store['releases']>[0]): Promise<Result<readonly Release[]>>;
  /** The last lines, oldest first; 1,000 unless told otherwise. */
  log(id: string, last?: number): Promise<Result<readonly LogEntry[]>>;
  /** What was read in each look. */
  journal(id: string): Promise<Result<Journalled>>;
  readonly records: Records;
  policies(filter?: { readonly name: string }): Promise<Result<readonly PolicySummary[]>>;
  policy(name: string): Promise<Result<PolicyState | null>>;
  /** The rules in force, and what they can tell at the traffic there is. Fails with `NotFound` where no such policy is served. */
  rules(policy: string): Promise<Result<PolicyRules>>;
  /** As last observed; null: not known (yet, or any more). */
  instances(id: string): InstanceCounts | null;
  /** Calls `listener`, which returns at once, after each change; answers how to stop that. */
  events(listener: (event: ControlEvent) => void): () => void;
  alive(): Alive;
  ready(): Ready;
}

export interface StartRequest {
  readonly policy: string;
  readonly revision: string;
  readonly spec: RevisionSpec | PolicyVariant;
  readonly who: string;
  readonly reason: string;
  /** For this release alone; left out: as its plan says. */
  readonly rollback?: OwnRollback | null;
  /** Called when what runs makes way, and that is only waited for. */
  readonly waits?: () => void;
}

export interface BackupRequest {
  readonly who: string;
  readonly reason: string;
  /** UID of the object that orders it; left out: it came by the API. */
  readonly order?: string;
}

export interface RestoreRequest extends BackupRequest {
  /** Name of a point; null: the newest. */
  readonly to: string | null;
  /** Only compare. */
  readonly dryRun: boolean;
  /** Names whose later changes may go; `all`: everything. */
  readonly overwrite: readonly string[];
}

export type AttestRequest = Omit<Attestation, 'atMs'>;

interface Person {
  readonly who: string;
  /** Why; empty where none was given and none is needed. */
  readonly reason: string;
  /** Of the object that the order stands in; the log keeps it with what was done. Left out: it came over HTTP. */
  readonly order?: string;
}

export type ReleaseAction =
  | ({ readonly kind: 'pause' | 'resume' | 'abort' | 'retry' } & Person)
  /** Ends the bake of this step, or of all steps. `step`: the index it was meant for, -1 while preparing; null: the present one. */
  | ({ readonly kind: 'promote'; readonly extent: 'step' | 'full'; readonly step: number | null } & Person)
  /** The reason is the answer, or the note; `rule` null: all open investigations. */
  | ({ readonly kind: 'answer' | 'note'; readonly rule: string | null } & Person)
  | ({ readonly kind: 'override'; readonly gate: string } & Known & Person)
  | ({ readonly kind: 'approve' | 'revoke'; readonly approval: string } & Known & Person);

export type ControlEvent =
  | { readonly kind: 'release'; readonly release: Release }
  | { readonly kind: 'log'; readonly release: Release; readonly entry: LogEntry };

/** Whether the loop makes progress; metrics that do not answer are no reason to restart the controller. */
export interface Alive {
  readonly ok: boolean;
  /** Time since the loop last went round. */
  readonly ageMs: number;
}

export interface Ready {
  readonly ok: boolean;
  /** What is still missing, for people; empty when ready. */
  readonly missing: readonly string[];
}
