/** Burn rates: how many times faster than allowed the error budget is used up, over a long and a short window at once. */

/** Outside when the errors over both windows are more than `rate` times the budget. */
export interface BurnPair {
  readonly rate: number;
  readonly longMs: number;
  readonly shortMs: number;
}

/** `14.4 / 6 x 0.1%`: the rates and the budget, for people. */
export const burnLimitText = (pairs: readonly BurnPair[], budget: string): string =>
  `${pairs.map(({ rate }) => rate).join(' / ')} x ${budget}`;

/** What is wrong with pairs for this budget, a fraction; null: nothing. */
export const burnProblem = (pairs: readonly BurnPair[], budget: number | null): string | null => {
  for (const [at, { rate, longMs, shortMs }] of pairs.entries()) {
    if (shortMs >= longMs) return `burnRate[${at}] needs a short window that is shorter than its long one`;
    if (budget !== null && rate * budget >= 1)
      return `burnRate[${at}] can never be outside: ${rate} times the budget is more than all requests`;
  }
  return null;
};
