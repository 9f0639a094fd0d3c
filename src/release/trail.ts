/** Port: who did what, when, on which revision and why; only ever added to, and kept longer than the releases it speaks of. */
import type { Result } from '../lib/result.ts';
import type { LogData, LogEntry } from './log.ts';
import type { Store } from './store.ts';
import type { TrailProof } from './trail-proof.ts';

export interface TrailEntry {
  /** Grows with each entry. */
  readonly number: number;
  /** Epoch ms. */
  readonly atMs: number;
  /** A person or a system; `sluice`: the controller itself. */
  readonly who: string;
  /** CamelCase, for machines. */
  readonly what: string;
  readonly policy: string;
  /** Id; null: it is about the policy. */
  readonly release: string | null;
  readonly revision: string | null;
  /** The reason that was given; empty: none was. */
  readonly why: string;
  readonly message: string;
  readonly data: LogData;
}

/** What no release's log has. */
export type Recorded = Omit<TrailEntry, 'number' | 'release'>;

export interface TrailFilter {
  readonly policy?: string;
  readonly release?: string;
  /** Not before it, epoch ms. */
  readonly sinceMs?: number;
  readonly what?: string;
  /** Only what stands before the entry of this number. */
  readonly before?: number;
  /** The newest so many. */
  readonly limit: number;
}

export interface Trail {
  /** Durable once it settles. What a release's log is told stands in the trail by itself. */
  record(entry: Recorded): Promise<Result<void>>;
  /** Oldest first. */
  trail(filter: TrailFilter): Promise<Result<readonly TrailEntry[]>>;
  /** Looks whether it is as it was written. */
  verify(): Promise<Result<TrailProof>>;
}

export type TrailedStore = Store & Trail;

/** Entries that are read in one piece: whoever decides waits meanwhile. */
export const mostTrailAtOnce = 1_000;

/** Entries that are kept. */
export const mostTrail = 100_000;

/** Events that are the end of something; of the rest of a log the orders and the decisions are in the trail. */
export const trailEvents = ['Promoted', 'Succeeded', 'RolledBack', 'Failed', 'RollbackDidNotHelp'] as const;

export const isOfTrail = ({ kind, reason }: LogEntry): boolean =>
  kind === 'action' || kind === 'decision' || trailEvents.some((each) => each === reason);

export const controllerItself = 'sluice';

interface Told extends Pick<TrailEntry, 'number' | 'policy' | 'release' | 'revision'> {
  readonly entry: LogEntry;
}

export const entryOf = ({ entry, ...of }: Told): TrailEntry => {
  const { atMs, data, message, reason } = entry;
  const said = (key: string): string | null => (typeof data[key] === 'string' ? data[key] : null);
  const isPersons = entry.kind === 'action';
  return {
    ...of,
    atMs,
    who: (isPersons ? said('who') : null) ?? controllerItself,
    what: reason,
    why: (isPersons ? said('reason') : null) ?? '',
    message,
    data,
  };
};
