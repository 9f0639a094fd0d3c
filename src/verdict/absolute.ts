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
  const { ofBad, ofGood } = betsOf(ratios, Math.min(limit, almostAll));
  const good = Math.max(0, events - bad);
  return { gains: ofBad.map((each, i) => (bad * each + good * (ofGood[i] as number)) / phi) };
};

/** What one event adds to each bet, in nats. */
interface Bets {
  readonly p0: number;
  readonly ofBad: readonly number[];
  readonly ofGood: readonly number[];
}

/** The last ones of each list of ratios: a rule asks with one limit, tick after tick. */
const lastBets = new WeakMap<readonly number[], Bets>();

const betsOf = (ratios: readonly number[], p0: number): Bets => {
  const last = lastBets.get(ratios);
  if (last?.p0 === p0) return last;
  const kept = possible(ratios, p0);
  const ofGood = kept.map((r) => Math.log((1 - r * p0) / (1 - p0)));
  const bets = { p0, ofBad: kept.map((r) => Math.log(r)), ofGood };
  lastBets.set(ratios, bets);
  return bets;
};

/** Ratios that leave a fraction below 1; where none does, one bet half way between the limit and certainty. */
const possible = (ratios: readonly number[], p0: number): readonly number[] => {
  const below = ratios.filter((r) => r * p0 < 1);
  return below.length > 0 ? below : [(1 + p0) / 2 / p0];
};
