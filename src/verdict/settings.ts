/** The numbers that govern a judgement, fixed for a release when it starts; the dispersion for each rule of it. */

/** How bursty a rule's bad events are, and from where that is known. */
export interface Dispersion {
  /** Variance over mean of their counts, >= 1; 3 where nothing is known of the service. */
  readonly phi: number;
  /** Prior of a late onset: spread over time (half-life as judgement.md section 4), or all on the first tick. */
  readonly changePoint: 'in-time' | 'first-tick';
  /** What is only assumed gives way to what stable shows during the release. */
  readonly from: 'stated' | 'history' | 'assumed';
}

export interface JudgeSettings extends Dispersion {
  /** Chance that a healthy release is rolled back, over all rules and looks. */
  readonly alpha: number;
  /** `proven` needs evidence of health of 1/beta. */
  readonly beta: number;
  /** Number of rules in the set, whatever their severity. */
  readonly rules: number;
  readonly sharedWindowMs: number;
  readonly onShared: 'rollback' | 'hold';
  readonly onWorse: 'hold' | 'ignore' | 'rollback';
  /** Session affinity or long-lived streams: relative and share tests are off. */
  readonly sticky: boolean;
}

/** What one rule is judged by: its own dispersion, where it has one. */
export const withDispersion = (judge: JudgeSettings, own: Dispersion | undefined): JudgeSettings =>
  own === undefined ? judge : { ...judge, phi: own.phi, changePoint: own.changePoint, from: own.from };

/** Where the dispersion is known, a late onset may be looked for; where it is not, that would cost false alarms. */
export const statedDispersion = (phi: number): Dispersion => ({ phi, changePoint: 'in-time', from: 'stated' });

/** Of a service that nothing is known of. */
export const assumedDispersion = { phi: 3, changePoint: 'first-tick', from: 'assumed' } as const satisfies Dispersion;

export const defaultJudgeSettings = {
  ...assumedDispersion,
  alpha: 0.001,
  beta: 0.05,
  sharedWindowMs: 300_000,
  onShared: 'rollback',
  onWorse: 'hold',
  sticky: false,
} as const satisfies Omit<JudgeSettings, 'rules'>;
