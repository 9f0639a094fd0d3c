/** The relative test: is the canary worse than `ratio` times stable? Immune to trouble that hits both alike. */
import type { Counts } from '../metrics/reading.ts';
import { logarithmsOf } from './log-sum-exp.ts';
import type { Tick } from './mixture.ts';

export interface RelativeTest {
  /** "Worse" starts at this many times stable's fraction (r0). */
  readonly ratio: number;
  readonly phi: number;
  readonly ratios: readonly number[];
}

/** Both arms over the same stretch of time. An arm without events says nothing, and so does a stretch without a bad one. */
export const relativeTick = (test: RelativeTest, canary: Counts, stable: Counts): Tick => {
  const { ratio, phi, ratios } = test;
  if (canary.events === 0 || stable.events === 0 || canary.bad + stable.bad === 0)
    return { gains: ratios.map(() => 0) };
  const rho = canaryShareOfBad(ratio, canary.events, stable.events);
  return { gains: splitGains(ratios, { rho, canary: canary.bad, stable: stable.bad, phi }) };
};

/** The share of all bad events that the canary has when it is exactly `ratio` times as bad as stable (rho). */
export const canaryShareOfBad = (ratio: number, canaryEvents: number, stableEvents: number): number =>
  (ratio * canaryEvents) / (ratio * canaryEvents + stableEvents);

export interface Split {
  /** The canary's share of the events when all is just well. */
  readonly rho: number;
  readonly canary: number;
  readonly stable: number;
  readonly phi: number;
}

/** Log-likelihood ratios of a split of events, one a bet: that the canary's odds are r times those of rho. */
export const splitGains = (ratios: readonly number[], { rho, canary, stable, phi }: Split): readonly number[] => {
  const logarithms = logarithmsOf(ratios);
  const all = canary + stable;
  return ratios.map((r, i) => (canary * (logarithms[i] as number) - all * Math.log1p(rho * (r - 1))) / phi);
};
