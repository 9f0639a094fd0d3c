/** The absolute test: is the true fraction of bad events above the limit p0? Needs no stable traffic. */
import type { Counts } from '../metrics/reading.ts';
import { logarithmsOf } from './log-sum-exp.ts';
import type { Tick } from './mixture.ts';

/** How many times worse than allowed the canary may be: the bets of every test for a breach. */
export const breachRatios: readonly number[] = [1.25, 1.5, 2, 3, 5, 10, 30, 100];

/** From here on the Bernoulli form is clearly sharper than the Poisson form ("about 5 %"; a p95 has 1 - 0.95). */
const bernoulliFrom = 0.049;

/** A limit of 100 % can't be exceeded: kept just below it so that the logarithms stay finite. */
const almostAll = 1 - 1e-9;

export interface AbsoluteTest {
  /** The limit: the highest fraction of bad events that is healthy. */
  readonly p0: number;
  /** Dispersion of the counts, >= 1. */
  readonly phi: number;
  readonly ratios: readonly number[];
}

export const absoluteTick = (test: AbsoluteTest, counts: Counts): Tick =>
  test.p0 < bernoulliFrom ? poisson(test, counts) : bernoulli(test, counts);

const poisson = ({ p0, phi, ratios }: AbsoluteTest, { events, bad }: Counts): Tick => {
  const logarithms = logarithmsOf(ratios);
  const expected = p0 * events;
  return { gains: ratios.map((r, i) => (bad * (logarithms[i] as number) - (r - 1) * expected) / phi) };
};

const bernoulli = ({ p0: limit, phi, ratios }: AbsoluteTest, { events, bad }: Counts): Tick => {
  const p0 = Math.min(limit, almostAll);
  const good = Math.max(0, events - bad);
  return {
    gains: possible(ratios, p0).map((r) => (bad * Math.log(r) + good * Math.log((1 - r * p0) / (1 - p0))) / phi),
  };
};

/** Ratios that leave a fraction below 1; where none does, one bet half way between the limit and certainty. */
const possible = (ratios: readonly number[], p0: number): readonly number[] => {
  const below = ratios.filter((r) => r * p0 < 1);
  return below.length > 0 ? below : [(1 + p0) / 2 / p0];
};
