/** Relative latency over five bounds of a histogram: the mean of five e-values is an e-value, no correction needed. */
import { breachRatios } from '../../src/verdict/absolute.ts';
import { lnMeanExp } from '../../src/verdict/log-sum-exp.ts';
import { addTick, type Evidence, noEvidence } from '../../src/verdict/mixture.ts';
import { relativeTick } from '../../src/verdict/relative.ts';
import { convictedAt, type Ending, open } from './ending.ts';
import { tickSeconds, ticks } from './one-rule.ts';
import { poisson, type Random } from './random.ts';

/** Part of the healthy requests slower than 0.1, 0.15, 0.25, 0.5 and 1 s: log-normal, median 0.1 s, sigma 0.5. */
const slowerThan = [0.5, 0.2087, 0.03343, 0.000643, 0.0000021] as const;

/** `stuck`: part of the canary's requests that takes 1.5 s. */
export const relativeLatency = (random: Random, { stuck, total }: { stuck: number; total: number }): Ending => {
  let bounds: readonly Evidence[] = slowerThan.map(() => noEvidence);
  for (let tick = 0; tick < ticks; tick++) {
    const canary = slower(random, total * 0.25 * tickSeconds, stuck);
    const stable = slower(random, total * 0.75 * tickSeconds, 0);
    const weight = tick === 0 ? 0.5 : 0.5 / (ticks - 1);
    bounds = bounds.map((evidence, i) => {
      const arms = [canary, stable].map(({ events, bad }) => ({ events, bad: bad[i] ?? 0 }));
      const [own, other] = arms as [(typeof arms)[0], (typeof arms)[0]];
      return addTick(evidence, relativeTick({ ratio: 1, phi: 1, ratios: breachRatios }, own, other), weight);
    });
    if (lnMeanExp(bounds.map(({ lnNow }) => lnNow)) >= Math.log(100))
      return convictedAt(((tick + 1) * tickSeconds) / 60);
  }
  return open;
};

/** Requests of one tick, and how many were slower than each bound. */
const slower = (random: Random, mean: number, stuck: number): { events: number; bad: readonly number[] } => {
  const stuckRequests = poisson(random, mean * stuck);
  const between = slowerThan.map((part, i) => poisson(random, mean * (1 - stuck) * (part - (slowerThan[i + 1] ?? 0))));
  const bad = slowerThan.map((_, i) => between.slice(i).reduce((sum, n) => sum + n, stuckRequests));
  return { events: (bad[0] as number) + poisson(random, mean * (1 - stuck) * (1 - slowerThan[0])), bad };
};
