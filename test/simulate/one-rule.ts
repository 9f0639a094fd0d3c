/** One rule alone over a 55-minute rollout at a fixed weight, by the tests themselves: the first table. */
import type { Counts } from '../../src/metrics/reading.ts';
import { absoluteTick, breachRatios } from '../../src/verdict/absolute.ts';
import { addTick, type Evidence, noEvidence, type Tick } from '../../src/verdict/mixture.ts';
import { relativeTick } from '../../src/verdict/relative.ts';
import { lostShareRatios, shareTick } from '../../src/verdict/share.ts';
import { type Arm, arrive } from './arrivals.ts';
import { convictedAt, type Ending, open } from './ending.ts';
import type { Random } from './random.ts';

export const tickSeconds = 15;
export const ticks = 220;
const minutesOf = (tick: number): number => ((tick + 1) * tickSeconds) / 60;

export interface Arms {
  readonly canary: Counts;
  readonly stable: Counts;
}

/** Half of the prior on the first tick, the rest even over the planned ones; or all of it on the first. */
const perTick = (tick: number): number => (tick === 0 ? 0.5 : 0.5 / (ticks - 1));
const firstTick = (tick: number): number => (tick === 0 ? 1 : 0);

export type TestOfArms = (arms: Arms) => Tick;

export const relative =
  (ratio: number, phi = 1): TestOfArms =>
  ({ canary, stable }) =>
    relativeTick({ ratio, phi, ratios: breachRatios }, canary, stable);

export const absolute =
  (p0: number, phi = 1): TestOfArms =>
  ({ canary }) =>
    absoluteTick({ p0, phi, ratios: breachRatios }, canary);

export const throughput =
  (weight: number, drop: number): TestOfArms =>
  ({ canary, stable }) =>
    shareTick({ weight, drop, phi: 1, ratios: lostShareRatios }, canary.events, stable.events);

export interface Rollout {
  /** All of these must convict; each keeps its own running maximum. */
  readonly tests: readonly TestOfArms[];
  readonly total: number;
  /** True error rates, the canary's after the onset. */
  readonly canary: number;
  readonly stable: number;
  readonly onsetMinute?: number;
  readonly prior?: 'per-tick' | 'first-tick';
  readonly lost?: number;
  readonly burst?: number;
  /** What the canary gets of its due requests. */
  readonly served?: number;
  /** 1/alpha, times the number of rules. */
  readonly convictAt?: number;
}

const canaryShare = 0.25;

export const rollout = (random: Random, given: Rollout): Ending => {
  const { tests, onsetMinute = 0, lost = 0, convictAt = 100 } = given;
  const weightOf = given.prior === 'first-tick' ? firstTick : perTick;
  let evidence: readonly Evidence[] = tests.map(() => noEvidence);
  let judged = 0;
  for (let tick = 0; tick < ticks; tick++) {
    const arms = drawArms(random, given, tick);
    if (lost > 0 && random.next() < lost) continue;
    evidence = evidence.map((one, i) => addTick(one, (tests[i] as TestOfArms)(arms), weightOf(judged)));
    judged += 1;
    if (evidence.every(({ lnMax }) => lnMax >= Math.log(convictAt))) return convictedAt(minutesOf(tick) - onsetMinute);
  }
  return open;
};

const drawArms = (random: Random, given: Rollout, tick: number): Arms => {
  const { total, onsetMinute = 0, served = 1, burst } = given;
  const hasBegun = minutesOf(tick) > onsetMinute;
  const arm = (perSecond: number, errorRate: number): Arm => ({
    perSecond,
    errorRate,
    ...(burst !== undefined && { burst }),
  });
  return {
    canary: arrive(random, arm(total * canaryShare * served, hasBegun ? given.canary : given.stable), tickSeconds),
    stable: arrive(random, arm(total * (1 - canaryShare), given.stable), tickSeconds),
  };
};

/** "The last five minutes happened to exceed the threshold": what the product does not do. */
export const literalRule = (
  random: Random,
  { total, canary, limit }: { total: number; canary: number; limit: number },
): Ending => {
  const window: Counts[] = [];
  for (let tick = 0; tick < ticks; tick++) {
    window.push(arrive(random, { perSecond: total * canaryShare, errorRate: canary }, tickSeconds));
    if (window.length > 20) window.shift();
    const events = window.reduce((sum, counts) => sum + counts.events, 0);
    const bad = window.reduce((sum, counts) => sum + counts.bad, 0);
    if (bad > limit * events) return convictedAt(minutesOf(tick));
  }
  return open;
};
