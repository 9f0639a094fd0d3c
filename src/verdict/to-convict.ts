/** What it would take to convict: so many more bad events now, or so much time at the present rates. */
import type { Counts } from '../metrics/reading.ts';
import { absoluteTick, breachRatios } from './absolute.ts';
import { type Case, lnConvict } from './case.ts';
import { fractionOf } from './counts.ts';
import { windowOf } from './estimate.ts';
import { absoluteRate, relativeRate } from './evidence-rate.ts';
import type { Measure } from './measured-as.ts';
import type { Evidence, Tick } from './mixture.ts';
import { gainsOfOne } from './over-bounds.ts';
import { canaryShareOfBad } from './relative.ts';
import { comparable, leadOf } from './which-tests.ts';

/** Bad events more, now, that would convict; null where that is not how the rule convicts, or before the first count. */
export const errorsToConvict = (given: Case, measure: Measure): number | null => {
  if (measure.kind !== 'fraction' || given.rule.judge === 'point') return null;
  const { rule } = given;
  const absolute = leadOf(rule, measure) === 'relative' ? 0 : forAbsolute(given, measure.p0);
  const relative = rule.compare === 'absolute' || !comparable(given) ? 0 : forRelative(given);
  return absolute === null || relative === null ? null : Math.max(absolute, relative);
};

const oneBad: Counts = { events: 1, bad: 1 };

const forAbsolute = ({ state, settings }: Case, p0: number): number | null =>
  more(state.absolute, absoluteTick({ p0, phi: settings.phi, ratios: breachRatios }, oneBad), lnConvict(settings));

const forRelative = ({ rule, state, context, settings }: Case): number | null => {
  const weight = context.weight / 100;
  const rho = canaryShareOfBad(rule.ratio, weight, 1 - weight);
  const gains = gainsOfOne(state, rule, { rho, canary: 1, stable: 0, phi: settings.phi });
  return more(state.relative, { gains }, lnConvict(settings));
};

/**
 * A mean of K terms is at most the largest of them and at least a Kth of it: that puts the answer between two numbers,
 * and the whole number between them is found by halving.
 */
const more = ({ lnA, lnMax, rest }: Evidence, { gains: slopes }: Tick, target: number): number | null => {
  if (lnMax >= target) return 0;
  const lnK = Math.log(lnA.length);
  let low = Number.POSITIVE_INFINITY;
  let high = Number.POSITIVE_INFINITY;
  slopes.forEach((slope, i) => {
    const missing = target - (lnA[i] ?? Number.NEGATIVE_INFINITY);
    if (slope <= 0) return;
    low = Math.min(low, missing / slope);
    high = Math.min(high, (missing + lnK) / slope);
  });
  if (low === Number.POSITIVE_INFINITY) return null;
  const inHand = rest * Math.exp(-target);
  const enough = (k: number): boolean => {
    let sum = 0;
    for (let i = 0; i < lnA.length; i++) sum += Math.exp((lnA[i] ?? 0) + k * (slopes[i] ?? 0) - target);
    return sum / lnA.length + inHand >= 1;
  };
  return leastWhole(Math.max(1, Math.floor(low)), Math.max(1, Math.ceil(high)), enough);
};

/** The least whole number from `low` to `high` that is enough; `high` is known to be. */
const leastWhole = (low: number, high: number, enough: (k: number) => boolean): number => {
  let [no, yes] = [low - 1, high];
  while (yes - no > 1) {
    const middle = Math.floor((no + yes) / 2);
    if (enough(middle)) yes = middle;
    else no = middle;
  }
  return yes;
};

/** Time to conviction, ms, if both arms go on as in the window; null where that leads to none. */
export const msToConvict = (given: Case, measure: Measure): number | null => {
  const { rule, state, settings, context, atMs } = given;
  if (measure.kind !== 'fraction') return null;
  const { canary, stable } = windowOf(given);
  const seconds = Math.min(rule.windowMs, context.step === null ? rule.windowMs : atMs - context.weightSinceMs) / 1000;
  if (seconds <= 0) return null;
  const arm = { perSecond: canary.events / seconds, p: fractionOf(canary) ?? 0 };
  const other = { perSecond: stable.events / (rule.windowMs / 1000), p: fractionOf(stable) ?? 0 };
  const waits: number[] = [];
  const wait = (evidence: Evidence, nats: number): void => {
    if (evidence.lnMax < lnConvict(settings))
      waits.push(((lnConvict(settings) - evidence.lnNow) * settings.phi) / nats);
  };
  if (leadOf(rule, measure) === 'absolute') wait(state.absolute, absoluteRate(arm.perSecond, arm.p, measure.p0));
  if (rule.compare !== 'absolute' && comparable(given))
    wait(state.relative, relativeRate({ canary: arm, stable: other, ratio: rule.ratio }));
  const longest = Math.max(...waits, 0) * 1000;
  return waits.length === 0 || !Number.isFinite(longest) ? null : longest;
};
