/** The effect of bursty errors on how long a conviction takes. */

import type { Rule } from '../../rules/rule.ts';
import { planStep } from '../../verdict/planning.ts';
import type { JudgeSettings } from '../../verdict/settings.ts';

export interface MinutesRow {
  /** Variance over mean of the error counts. */
  readonly dispersion: number;
  /** `in force`: what a release would be judged with now. */
  readonly standing: 'in force' | 'for comparison';
  /** Until a canary at so many times the limit is convicted, ms; null: never. */
  readonly msToConvict: Readonly<Record<2 | 5 | 10, number | null>>;
}

export interface AtTraffic {
  /** Requests a second of the whole service. */
  readonly perSecond: number;
  /** The canary's percent of them. */
  readonly weight: number;
  /** Stable's own part of bad events; null: not known, taken as half of the limit. */
  readonly stableRatio: number | null;
}

const finite = (ms: number): number | null => (Number.isFinite(ms) ? ms : null);

/** Empty where a rule convicts by something else than counted events against a limit. */
export const minutesRows = (
  rule: Rule,
  settings: JudgeSettings,
  { traffic, p0 }: { readonly traffic: AtTraffic; readonly p0: number },
): readonly MinutesRow[] =>
  [...new Set([1, 3, settings.phi])]
    .toSorted((a, b) => a - b)
    .flatMap((phi) => {
      const step = { weight: traffic.weight, bakeMs: 0, eventsBefore: 0 };
      const given = { step, traffic: { perSecond: traffic.perSecond, stableRatio: traffic.stableRatio ?? p0 / 2 } };
      const outlook = planStep(rule, { ...settings, phi }, given);
      if (outlook === null) return [];
      const { 2: twice, 5: fiveTimes, 10: tenTimes } = outlook.msToConvict;
      const msToConvict = { 2: finite(twice), 5: finite(fiveTimes), 10: finite(tenTimes) };
      return [{ dispersion: phi, standing: phi === settings.phi ? 'in force' : 'for comparison', msToConvict }];
    });
