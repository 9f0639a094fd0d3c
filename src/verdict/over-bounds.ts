/**
 * The relative test at several bounds of a histogram. The mean of e-values is an e-value, so the bets at all bounds are one
 * mixture: nothing is corrected for, and whichever bound shows the difference convicts.
 *
 *     E = mean over bounds b of E_b = mean over b and r of A(b, r) + rest      (all bounds have seen the same ticks)
 */
import type { Counts, SlowerThan } from '../metrics/reading.ts';
import type { Rule } from '../rules/rule.ts';
import { breachRatios } from './absolute.ts';
import { lnMeanExp } from './log-sum-exp.ts';
import type { Tick } from './mixture.ts';
import { canaryShareOfBad, type RelativeTest, relativeTick, type Split, splitGains } from './relative.ts';
import type { RuleState } from './rule-state.ts';

export const addSlower = (
  before: readonly SlowerThan[] | undefined,
  more: readonly SlowerThan[],
): readonly SlowerThan[] =>
  before === undefined || before.length === 0
    ? more
    : before.map(({ bound, canary, stable }) => {
        const next = more.find((each) => each.bound === bound);
        return { bound, canary: canary + (next?.canary ?? 0), stable: stable + (next?.stable ?? 0) };
      });

/** Fixed with the first tick: a bound that came later would bring stakes that nobody put in. Undefined: only the limit's. */
export const boundsOf = (
  { comparedAt, relative }: Pick<RuleState, 'comparedAt' | 'relative'>,
  slower: readonly SlowerThan[] | undefined,
): readonly number[] | undefined => {
  if (comparedAt !== undefined || relative.lnA.length > 0 || slower === undefined || slower.length === 0)
    return comparedAt;
  return slower.map(({ bound }) => bound);
};

/** Fewer bets a bound than where there is one: neighbouring bounds show the same difference in other sizes. */
const ratiosPerBound: readonly number[] = [1.25, 2, 5, 30];

export interface BothArms {
  readonly both: { readonly canary: Counts; readonly stable: Counts };
  readonly slower: readonly SlowerThan[] | undefined;
}

/** Both arms have requests. A bound that this tick has no counts for keeps its stake. */
export const relativeOver = (
  bounds: readonly number[] | undefined,
  test: RelativeTest,
  { both: { canary, stable }, slower }: BothArms,
): Tick => {
  if (bounds === undefined) return relativeTick(test, canary, stable);
  const { phi } = test;
  const rho = canaryShareOfBad(test.ratio, canary.events, stable.events);
  // What a slow request of either arm is worth depends on the traffic alone: it is the same at every bound.
  const own = splitGains(ratiosPerBound, { rho, canary: 1, stable: 0, phi });
  const other = splitGains(ratiosPerBound, { rho, canary: 0, stable: 1, phi });
  const gains: number[] = [];
  for (const bound of bounds) {
    const at = slower?.find((each) => each.bound === bound);
    const [slow, slowStable] = at === undefined ? [0, 0] : [at.canary, at.stable];
    for (let i = 0; i < own.length; i++) gains.push(slow * (own[i] as number) + slowStable * (other[i] as number));
  }
  return { gains };
};

/** What one more request slower than the limit adds to each bet: it is slower than all lower bounds, too. */
export const gainsOfOne = (
  { comparedAt }: Pick<RuleState, 'comparedAt'>,
  { sli }: Rule,
  test: Split,
): readonly number[] => {
  if (comparedAt === undefined || sli.kind !== 'latency') return splitGains(breachRatios, test);
  const slow = splitGains(ratiosPerBound, test);
  return comparedAt.flatMap((bound) => (bound <= sli.bound * (1 + 1e-9) ? slow : nothing));
};

const nothing = ratiosPerBound.map(() => 0);

/** At which bound, in seconds, the difference is clearest; null: only the limit's is known. */
export const clearestBound = ({ comparedAt, relative }: RuleState, { sli }: Rule): number | null => {
  if (comparedAt === undefined || sli.kind !== 'latency') return null;
  const bets = ratiosPerBound.length;
  const [best] = comparedAt
    .map((bound, at) => ({ bound, lnE: lnMeanExp(relative.lnA.slice(at * bets, (at + 1) * bets)) }))
    .sort((a, b) => b.lnE - a.lnE);
  return best === undefined ? null : best.bound / sli.unitsPerSecond;
};
