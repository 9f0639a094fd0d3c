/** The numbers that govern a judgement, fixed for a release when it starts. */

export interface JudgeSettings {
  /** Chance that a healthy release is rolled back, over all rules and looks. */
  readonly alpha: number;
  /** `proven` needs evidence of health of 1/beta. */
  readonly beta: number;
  /** Number of rules in the set, whatever their severity. */
  readonly rules: number;
  /** Dispersion of error counts, >= 1; 3 where nothing is known of the service. */
  readonly phi: number;
  /** Prior of a late onset: spread over time (half-life as judgement.md section 4), or all on the first tick. */
  readonly changePoint: 'in-time' | 'first-tick';
  readonly sharedWindowMs: number;
  readonly onShared: 'rollback' | 'hold';
  readonly onWorse: 'hold' | 'ignore' | 'rollback';
  /** Session affinity or long-lived streams: relative and share tests are off. */
  readonly sticky: boolean;
}

export const defaultJudgeSettings = {
  alpha: 0.001,
  beta: 0.05,
  phi: 3,
  changePoint: 'first-tick',
  sharedWindowMs: 300_000,
  onShared: 'rollback',
  onWorse: 'hold',
  sticky: false,
} as const satisfies Omit<JudgeSettings, 'rules'>;
