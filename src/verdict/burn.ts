/**
 * Burn rates, compared literally: a pair is outside when the errors over its long and its short window are both more than
 * its rate times the budget, and the long one has seen enough requests to tell. Counts are those since the release began,
 * so a window that is longer than that is cut to it.
 *
 *     long  [............................x]  still has the damage        both: it is large, and it goes on
 *     short                         [....x]  forgets it when it is over
 */
import type { Counts } from '../metrics/reading.ts';
import type { BurnPair } from '../rules/burn-rate.ts';
import type { Case } from './case.ts';
import { fractionOf, isClearlyAbove } from './counts.ts';
import { stableHasTraffic } from './stable-view.ts';
import { firstCounted, sumAfter } from './window.ts';
import { span } from './words.ts';

type Arm = 'canary' | 'stable';

const countsOver = ({ state, atMs }: Case, arm: Arm, lengthMs: number): Counts => {
  const window = state.burn.find((each) => each.lengthMs === lengthMs);
  return window === undefined ? { events: 0, bad: 0 } : sumAfter(window, arm, atMs - lengthMs);
};

/** Events until three bad ones are expected at the limit. */
const eventsToTell = (limit: number): number => Math.ceil(Number((3 / limit).toPrecision(12)));

const isAbove = ({ events, bad }: Counts, limit: number): boolean => events > 0 && bad > limit * events;

const burns = (
  given: Case,
  arm: Arm,
  { pair, budget }: { readonly pair: BurnPair; readonly budget: number },
): boolean => {
  const limit = pair.rate * budget;
  const long = countsOver(given, arm, pair.longMs);
  return (
    long.events >= eventsToTell(limit) && isAbove(long, limit) && isAbove(countsOver(given, arm, pair.shortMs), limit)
  );
};

/**
 * As for other limits: stable burns in the same way, or, without traffic, fails its probes. Stable had other requests than
 * the canary before the weight rose, so what both fail now is a smaller part of its long window: the shortest one counts, too.
 */
const stableBurns = (given: Case, pair: BurnPair, budget: number): boolean => {
  const { context, rule } = given;
  if (rule.compare === 'absolute') return false;
  if (!stableHasTraffic(countsOver(given, 'stable', pair.longMs), context))
    return !context.split && context.stableProbes === 'fail';
  const shortestMs = Math.min(...rule.burnRate.map(({ shortMs }) => shortMs));
  return (
    burns(given, 'stable', { pair, budget }) ||
    isClearlyAbove(countsOver(given, 'stable', shortestMs), pair.rate * budget)
  );
};

export interface BurnFinding {
  /** A pair is outside. */
  readonly outside: boolean;
  /** In each of them stable is, too. */
  readonly shared: boolean;
}

export const lookAtBurn = (given: Case, budget: number): BurnFinding => {
  const outside = given.rule.burnRate.filter((pair) => burns(given, 'canary', { pair, budget }));
  return { outside: outside.length > 0, shared: outside.every((pair) => stableBurns(given, pair, budget)) };
};

/** `burns 17.2x the budget over 1h and 20x over 5m, limit 14.4x` for the pair that is, or comes, nearest to its limit. */
export const burnText = (given: Case, budget: number): string => {
  const rates = given.rule.burnRate.map((pair) => {
    const [long, short] = [rateOver(given, pair.longMs, budget), rateOver(given, pair.shortMs, budget)];
    return { pair, long, short, share: Math.min(long, short) / pair.rate };
  });
  const nearest = rates.toSorted((a, b) => b.share - a.share)[0];
  if (nearest === undefined) return '';
  const { pair, long, short } = nearest;
  return `burns ${times(long)} the budget over ${overText(given, pair.longMs)} and ${times(short)} over ${overText(given, pair.shortMs)}, limit ${times(pair.rate)}`;
};

const rateOver = (given: Case, lengthMs: number, budget: number): number =>
  (fractionOf(countsOver(given, 'canary', lengthMs)) ?? 0) / budget;

const times = (rate: number): string => `${Number(rate.toPrecision(3))}x`;

/** A window that reaches back to before the release is cut to it, and that is said. */
const overText = ({ state, atMs }: Case, lengthMs: number): string => {
  const window = state.burn.find((each) => each.lengthMs === lengthMs);
  const since = window === undefined ? null : firstCounted(window, 'canary');
  // A window's oldest slot may be up to a twentieth of it younger than the window.
  const seenMs = since === null ? 0 : atMs - since;
  if (seenMs >= lengthMs * 0.95) return span(lengthMs);
  return `${span(lengthMs)} (cut to the release: ${seenMs === 0 ? 'just begun' : span(seenMs)})`;
};
