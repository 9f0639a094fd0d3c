/** The share test: does the canary get fewer requests than its weight promises, by more than the allowed drop? */
import type { Tick } from './mixture.ts';
import { canaryShareOfBad, splitGains } from './relative.ts';

export const lostShareRatios: readonly number[] = [0.95, 0.9, 0.8, 0.65, 0.5, 0.3, 0.1, 0.02];

/** The same bets the other way round: evidence that the canary gets more than the least it must get. */
export const keptShareRatios: readonly number[] = lostShareRatios.map((r) => 1 / r);

export interface ShareTest {
  /** The canary's weight as a fraction, above 0 and below 1. */
  readonly weight: number;
  /** The allowed drop as a fraction: 0.1 for `-10%`. */
  readonly drop: number;
  readonly phi: number;
  readonly ratios: readonly number[];
}

/** The least share of the requests that is still healthy (rho). */
export const leastShare = (weight: number, drop: number): number => canaryShareOfBad(1 - drop, weight, 1 - weight);

export const shareTick = (test: ShareTest, canaryEvents: number, stableEvents: number): Tick => {
  const rho = leastShare(test.weight, test.drop);
  const { phi, ratios } = test;
  return { gains: splitGains(ratios, { rho, canary: canaryEvents, stable: stableEvents, phi }) };
};
