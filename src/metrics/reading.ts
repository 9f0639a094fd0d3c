/** What one look at the metrics says about one rule: increments or levels of both arms, or why there is nothing. */

export interface Counts {
  readonly events: number;
  readonly bad: number;
}

export const noCounts: Counts = { events: 0, bad: 0 };

/** Response times: how many requests of each arm were slower than a bound, in the histogram's own unit. */
export interface SlowerThan {
  readonly bound: number;
  readonly canary: number;
  readonly stable: number;
}

/** Increments since the reading before; each increment of a counter is in exactly one reading. */
export interface CountsReading {
  readonly kind: 'counts';
  /** The newest sample time in it, epoch ms. */
  readonly atMs: number;
  /** Everything new of each arm: feeds the absolute test, the window, gross failure. `stable: null`: no stable target lives. */
  readonly fresh: { readonly canary: Counts; readonly stable: Counts | null };
  /** Both arms up to one common time (the watermark): feeds the relative and share tests. */
  readonly aligned: {
    readonly fromMs: number;
    readonly toMs: number;
    readonly canary: Counts;
    readonly stable: Counts;
    /** Of the same requests, at several bounds; absent where only one is known, which `bad` counts. */
    readonly slower?: readonly SlowerThan[];
  };
  /** What of the rule could not be counted as it stands, for people. */
  readonly note?: string;
}

export interface LevelReading {
  readonly kind: 'level';
  readonly atMs: number;
  readonly canary: number;
  /** null: no stable instance answers. */
  readonly stable: number | null;
}

/** All requests of the service, whichever version served them. */
export interface VolumeReading {
  readonly kind: 'volume';
  readonly atMs: number;
  /** Requests over the rule's window now, and over as long at the time compared with; null: nothing is known of that time. */
  readonly now: number;
  readonly then: number | null;
}

/** Whether an alert fires, by the labels that it carries: the canary's, stable's, or those of neither; null: it does not. */
export interface AlertReading {
  readonly kind: 'alert';
  readonly atMs: number;
  readonly canary: Firing | null;
  readonly stable: Firing | null;
  readonly neither: Firing | null;
}

export interface Firing {
  /** Of the oldest of them, epoch ms; null: nobody says. */
  readonly sinceMs: number | null;
}

export type NothingReason =
  | 'SourceDown'
  | 'NoSeries'
  | 'NoTraffic'
  | 'Stale'
  | 'NotFinite'
  | 'Ambiguous'
  | 'NoRestartEvidence'
  | 'BucketMissing'
  | 'FirstSample'
  | 'NotApplicable';

export interface WhyNothing {
  readonly reason: NothingReason;
  readonly message: string;
}

/** Nothing to judge by: leaves all evidence as it is. */
export interface Nothing extends WhyNothing {
  readonly kind: 'nothing';
  readonly atMs: number;
}

export type Reading = CountsReading | LevelReading | VolumeReading | AlertReading | Nothing;
