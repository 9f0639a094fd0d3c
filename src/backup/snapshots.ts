/** Port: what a service is besides its revision (files, configuration), kept as it was, and brought back. */
import type { Result } from '../lib/result.ts';

/** A verified snapshot by its name: what a rollback can go back to. */
export interface RollbackPoint {
  readonly id: string;
  /** Stable's revision when it was taken. */
  readonly revision: string;
  readonly takenAtMs: number;
  /** It was read back then, and was what had been written. */
  readonly verifiedAtMs: number;
  /** Of its manifest, which has those of all parts. */
  readonly checksum: string;
  /** `3 files, 12 kB`. */
  readonly holds: string;
}

/** One part of a snapshot against what is there now. */
export interface RestoreItem {
  /** Path of a file, or kind and name of an object. */
  readonly name: string;
  /**
   * `same`: nothing to do; `restore`: as the release left it, to be brought back; `overwrite`: changed since, and somebody named it;
   * `conflict`: changed since the release ended, and left alone; `done`: brought back just now.
   */
  readonly state: 'same' | 'restore' | 'overwrite' | 'conflict' | 'done';
  /** What differs, a line each; of secrets only that they do. */
  readonly diff: readonly string[];
}

export interface RestorePlan {
  readonly point: RollbackPoint;
  readonly items: readonly RestoreItem[];
  /** What people should know or do besides. */
  readonly remarks: readonly string[];
}

export interface RestoreOrder {
  /** Name of the point; null: the newest. */
  readonly to: string | null;
  /** Names whose conflicts are passed over; a folder means all below it, `all` everything. */
  readonly overwrite: readonly string[];
}

export interface Taking {
  readonly revision: string;
  readonly nowMs: number;
  /** A release is about to begin: what was changed together with what it delivers is kept as it was before. Left out: all is kept as it is now. */
  readonly before?: { readonly changedWithinMs: number };
  /** What else was kept elsewhere, for people. */
  readonly notes?: readonly string[];
}

/** Calls settle with a value; one that hangs is its caller's to bound. */
export interface Snapshots {
  /** Newest first; what is broken or half written is none. */
  points(): Promise<Result<readonly RollbackPoint[]>>;
  /** Written, read back and only then named; older ones go, and a restore that got stuck is called off. */
  take(taking: Taking): Promise<Result<RollbackPoint>>;
  /** Notes how a release left what the point holds: what differs from that later was changed by somebody else. Once: the first note stays. */
  noteAfter(point: string, nowMs: number): Promise<Result<void>>;
  /** Reads and compares; writes nothing. Fails with `NoRollbackPoint` or `BackupAltered`. */
  plan(order: RestoreOrder): Promise<Result<RestorePlan>>;
  /** The same again goes on where it was interrupted; one to another point calls it off. Writes nothing where anything of the backup is altered or gone. */
  restore(order: RestoreOrder): Promise<Result<RestorePlan>>;
  /** A restore that was interrupted or got stuck, and was not called off; null: none. */
  interrupted(): Promise<Result<RestoreOrder | null>>;
}

/** The newest of the last revisions stay. */
const keptRevisions = 3;
const keptEach = 3;

/** What is to go, given all, newest first. */
export function outdated(points: readonly RollbackPoint[]): readonly RollbackPoint[] {
  const revisions = [...new Set(points.map(({ revision }) => revision))].slice(0, keptRevisions);
  const kept = revisions.flatMap((each) => points.filter(({ revision }) => revision === each).slice(0, keptEach));
  return points.filter((point) => !kept.includes(point));
}

/** `v1-20260115T120000Z-3f2a91`: readable, in order of time, and taken once. */
export function pointName({ nowMs, revision }: Taking, unique: string): string {
  const at = `${new Date(nowMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
  return `${revision.replaceAll(/[^A-Za-z0-9.-]/g, '-').slice(0, 40)}-${at}-${unique}`;
}

export const isNamed = (name: string, overwrite: readonly string[]): boolean =>
  overwrite.some((each) => each === 'all' || each === name || name.startsWith(`${each.replace(/\/$/, '')}/`));

/** What is known at once, without asking any disk: the latest answer of what goes on beside the loop. */
export interface BackupAnswer {
  /** Of the release that was asked about; null: there is none yet. */
  readonly point: RollbackPoint | null;
  /** Since when one is being taken for it; null: it is not. */
  readonly sinceMs: number | null;
  /** Why the last try came to nothing; null: there was none, or it is under way. */
  readonly problem: string | null;
  /** The newest verified one of the policy. */
  readonly latest: RollbackPoint | null;
}
