/** What the judge may know besides the readings: where the release stands, as numbers, at one moment. */

export interface JudgeContext {
  readonly nowMs: number;
  /** Index into the plan; null while preparing, promoting, watching or rolling back. */
  readonly step: number | null;
  /** Canary percent that the traffic is split by now (last applied). 100: all of it; 0 during the watch too, see `split`. */
  readonly weight: number;
  /** Both versions get traffic now: relative and share tests apply. False at 0, at 100 and in the watch. */
  readonly split: boolean;
  /** When the present weight was applied, epoch ms; samples before it do not belong to this step. */
  readonly weightSinceMs: number;
  /** Last rise of the weight, epoch ms; null before the first. For `SharedAfterRise`. */
  readonly raisedAtMs: number | null;
  /** The present step's bake has ended (the `compatible` look is due). */
  readonly bakeEnded: boolean;
  /** stable's pods while they get no traffic (100 %, watch): probes pass, fail in the same way, or pods are gone. */
  readonly stableProbes: 'pass' | 'fail' | 'gone';
}
