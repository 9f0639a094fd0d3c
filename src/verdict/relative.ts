/** The relative test: is the canary worse than `ratio` times stable? Immune to trouble that hits both alike. */
import type { Counts } from '../metrics/reading.ts';
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
  return { gains: ratios.map((r) => splitGain({ r, rho, canary: canary.bad, stable: stable.bad }) / phi) };
};

/** The share of all bad events that the canary has when it is exactly `ratio` times as bad as stable (rho). */
export const canaryShareOfBad = (ratio: number, canaryEvents: number, stableEvents: number): number =>
  (ratio * canaryEvents) / (ratio * canaryEvents + stableEvents);

export interface Split {
  readonly r: number;
  readonly rho: number;
  readonly canary: number;
  readonly stable: number;
}

/** Log-likelihood ratio of a split of events when the canary's odds are r times those of rho. */
export const splitGain = ({ r, rho, canary, stable }: Split): number => {
  const d = Math.log1p(rho * (r - 1));
  return canary * (Math.log(r) - d) - stable * d;
};
