/**
 * An e-process: evidence against "all is well" that may be looked at after every tick, for ever.
 *
 *     A_t(r) = (A_{t-1}(r) + w_t) exp(l_t(r))            one bet a ratio r; w_t: prior of an onset in this tick
 *     E_t    = mean over r of A_t(r) + (1 - sum of w)    what is not bet yet stays in hand
 *
 * If all is well, E ever reaches 1/alpha with probability at most alpha (Ville's inequality). All in logarithms.
 */
import { lnAdd, lnMeanExp } from './log-sum-exp.ts';

export interface Evidence {
  /** ln A(r), a number a ratio; empty before the first tick. */
  readonly lnA: readonly number[];
  /** Prior not yet spent, 0-1. */
  readonly rest: number;
  /** ln E now, and the highest it ever was. */
  readonly lnNow: number;
  readonly lnMax: number;
}

/** What one tick says: the log-likelihood ratio of each bet, in nats, in the order of the ratios. */
export interface Tick {
  readonly gains: readonly number[];
}

export const noEvidence: Evidence = { lnA: [], rest: 1, lnNow: 0, lnMax: 0 };

/** The evidence after one more tick; `weight` is the prior probability that the trouble began in it. */
export const addTick = (evidence: Evidence, { gains }: Tick, weight: number): Evidence => {
  const { lnA: before, rest, lnMax } = evidence;
  const isSilent = gains.every((gain) => gain === 0);
  if (isSilent && weight === 0 && before.length > 0) return evidence;
  const lnWeight = weight > 0 ? Math.log(weight) : Number.NEGATIVE_INFINITY;
  const lnA = gains.slice();
  for (let i = 0; i < lnA.length; i++)
    lnA[i] = lnAdd(before[i] ?? Number.NEGATIVE_INFINITY, lnWeight) + (gains[i] as number);
  const left = Math.max(0, rest - weight);
  // A tick that says nothing moves stakes from hand to bets: what they are worth together stays.
  const lnNow = isSilent && before.length > 0 ? evidence.lnNow : lnAdd(lnMeanExp(lnA), Math.log(left));
  return { lnA, rest: left, lnNow, lnMax: Math.max(lnMax, lnNow) };
};
