/** What a step can tell at the traffic it will get, before it starts: how soon it convicts, proves, and may pass. */
import type { Rule } from '../rules/rule.ts';
import { absoluteTick } from './absolute.ts';
import { absoluteRate, relativeRate } from './evidence-rate.ts';
import { healthRatios } from './health.ts';
import { lnMeanExp } from './log-sum-exp.ts';
import { measureOf } from './measured-as.ts';
import type { JudgeSettings } from './settings.ts';
import { isSticky, leadOf } from './which-tests.ts';

/** `partly`: it can pass or convict in time, not both. */
export type Judgeability = 'judgeable' | 'partly' | 'not';

export interface Traffic {
  /** Requests a second of the whole service. */
  readonly perSecond: number;
  /** Stable's own fraction of bad events. */
  readonly stableRatio: number;
}

export interface StepPlan {
  readonly weight: number;
  readonly bakeMs: number;
  /** Canary events that the steps before this one will have brought. */
  readonly eventsBefore: number;
}

export interface StepOutlook {
  readonly judgeability: Judgeability;
  /** Until the sample of the compatible pass is complete. */
  readonly msToSample: number;
  /** Until a canary at 2, 5, 10 times the limit is convicted; Infinity: never. */
  readonly msToConvict: Readonly<Record<2 | 5 | 10, number>>;
  /** Until a canary as good as stable is proven healthy; Infinity: never. */
  readonly msToProve: number;
  /** Smallest multiple of the limit that the bake suffices to convict; null: none up to a canary that fails always. */
  readonly smallestRegression: number | null;
}

/** A pass that can't be had in the bake, and a conviction for which even ten times the limit is too little: not judgeable. */
const clearRegression = 10;

/** For rules that count events and have a limit of their own; null: nothing to plan (levels, shares, `compare: stable`). */
export const planStep = (
  rule: Rule,
  settings: JudgeSettings,
  given: { readonly step: StepPlan; readonly traffic: Traffic },
): StepOutlook | null => {
  const measure = measureOf(rule);
  if (measure.kind !== 'fraction' || rule.judge === 'point' || leadOf(rule, measure) === 'relative') return null;
  const { step, traffic } = given;
  const toConvict = (times: number): number => msToConvict(rule, settings, { ...given, p: times * measure.p0 });
  const canaryPerMs = (traffic.perSecond * step.weight) / 100_000;
  const msToSample = Math.max(rule.minEvents - step.eventsBefore, rule.minEvents / 5) / canaryPerMs;
  const msToProve = eventsToProve(measure.p0, settings, traffic.stableRatio) / canaryPerMs;
  const canPass = (rule.advanceOn === 'proven' ? msToProve : Math.min(msToSample, msToProve)) <= step.bakeMs;
  const canConvict = toConvict(clearRegression) <= step.bakeMs;
  return {
    judgeability: canPass && canConvict ? 'judgeable' : canPass || canConvict ? 'partly' : 'not',
    msToSample,
    msToConvict: { 2: toConvict(2), 5: toConvict(5), 10: toConvict(10) },
    msToProve,
    smallestRegression: smallest(1 / measure.p0, (times) => toConvict(times) <= step.bakeMs),
  };
};

/** (ln(m/alpha) + 1) phi / g, and 0.7 nats more where half of the prior waits for a late onset; within about 10 %. */
export const msFor = (natsPerSecond: number, { rules, alpha, phi, changePoint }: JudgeSettings): number => {
  const nats = Math.log(rules / alpha) + 1 + (changePoint === 'in-time' ? 0.7 : 0);
  return natsPerSecond > 0 ? (nats * phi * 1000) / natsPerSecond : Number.POSITIVE_INFINITY;
};

interface Regression {
  readonly step: StepPlan;
  readonly traffic: Traffic;
  readonly p: number;
}

/** The slower of the tests that must both convict. */
const msToConvict = (rule: Rule, settings: JudgeSettings, { step, traffic, p }: Regression): number => {
  const measure = measureOf(rule);
  if (measure.kind !== 'fraction') return Number.POSITIVE_INFINITY;
  const weight = step.weight / 100;
  const canary = { perSecond: traffic.perSecond * weight, p: Math.min(1, p) };
  const absolute = msFor(absoluteRate(canary.perSecond, canary.p, measure.p0), settings);
  if (rule.compare === 'absolute' || step.weight >= 100 || isSticky(rule, settings)) return absolute;
  const stable = { perSecond: traffic.perSecond * (1 - weight), p: traffic.stableRatio };
  return Math.max(absolute, msFor(relativeRate({ canary, stable, ratio: rule.ratio }), settings));
};

/** Canary events until E of health is expected to reach 1/beta when a fraction `p` of them is bad. */
const eventsToProve = (p0: number, { phi, beta }: JudgeSettings, p: number): number => {
  const { gains } = absoluteTick({ p0, phi, ratios: healthRatios }, { events: 1, bad: p });
  if (Math.max(...gains) <= 0) return Number.POSITIVE_INFINITY;
  const lnE = (events: number): number => lnMeanExp(gains.map((gain) => gain * events));
  let [low, high] = [0, 1];
  while (lnE(high) < -Math.log(beta)) [low, high] = [high, high * 2];
  while (high - low > Math.max(1, low / 1000)) {
    const middle = (low + high) / 2;
    if (lnE(middle) < -Math.log(beta)) low = middle;
    else high = middle;
  }
  return high;
};

/** Least multiple that is enough, to a hundredth; more is always enough, too. */
const smallest = (most: number, enough: (times: number) => boolean): number | null => {
  if (!enough(most)) return null;
  let [low, high] = [1, most];
  while (high / low > 1.01) {
    const middle = Math.sqrt(low * high);
    if (enough(middle)) high = middle;
    else low = middle;
  }
  return high;
};
