/** A release as history shows it: which version, when, at which weights, how it ended, and which trace told of it. */

export type Trace = 'own-metrics' | 'version-label' | 'annotation';

/**
 * `rolled back`: it was taken back, the version before carried on. `went away`: it is gone, and the version before, too.
 * `unknown`: history ends first, or the trace does not tell.
 */
export type Ending = 'promoted' | 'rolled back' | 'went away' | 'unknown';

/** The canary's share from a time on. */
export interface Stretch {
  readonly fromMs: number;
  readonly percent: number;
  /** `applied`: as read back from the router; `plan`: a share that is one of the plan's steps; `seen`: some other share. */
  readonly told: 'applied' | 'plan' | 'seen';
}

/** What Sluice itself recorded of the judgement at that time. */
export interface Recorded {
  /** First critical rule in breach; null: none, or a person decided. */
  readonly rule: string | null;
  readonly atMs: number;
}

export interface FoundRelease {
  readonly version: string;
  /** The version that carried the traffic when it began; null: not known. */
  readonly stable: string | null;
  /** First traffic, epoch ms. */
  readonly startMs: number;
  /** It carries all from then on, or has no traffic any more; the end of history where it is still under way. */
  readonly endMs: number;
  readonly ending: Ending;
  readonly foundBy: readonly Trace[];
  /** In order of time; empty: the trace does not tell. */
  readonly weights: readonly Stretch[];
  /** Null: not one of ours. */
  readonly recorded: Recorded | null;
}
