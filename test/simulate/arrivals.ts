/** Traffic of one service: so many requests in each arm in each tick, so many of them failed. */
import type { Counts } from '../../src/metrics/reading.ts';
import { bursts, geometric, poisson, type Random } from './random.ts';

export interface Arm {
  readonly perSecond: number;
  readonly errorRate: number;
  /** Mean size of a burst of errors; 1: they come alone. */
  readonly burst?: number;
}

export const arrive = (random: Random, arm: Arm, seconds: number): Counts => {
  const mean = arm.perSecond * seconds;
  const bad =
    arm.burst === undefined ? poisson(random, mean * arm.errorRate) : bursts(random, mean * arm.errorRate, arm.burst);
  return { events: poisson(random, mean * (1 - arm.errorRate)) + bad, bad };
};

/** Errors that come in bursts, each spread evenly over a while. */
export interface LastingBursts {
  /** Mean number of errors in one; geometric. */
  readonly size: number;
  readonly seconds: number;
}

/** One arm from tick to tick: what a burst has begun comes later, whatever the traffic is by then. */
export const burstingArm = (
  random: Random,
  { size, seconds }: LastingBursts,
  tickSeconds: number,
): ((arm: Arm) => Counts) => {
  const due = new Array<number>(Math.ceil(seconds / tickSeconds) + 1).fill(0);
  let tick = 0;
  return ({ perSecond, errorRate }) => {
    const mean = perSecond * tickSeconds;
    for (let begun = poisson(random, (mean * errorRate) / size); begun > 0; begun--) {
      const within = random.next();
      for (let errors = geometric(random, size); errors > 0; errors--) {
        const after = Math.floor(within + (random.next() * seconds) / tickSeconds);
        const slot = (tick + after) % due.length;
        due[slot] = (due[slot] ?? 0) + 1;
      }
    }
    const slot = tick % due.length;
    const bad = due[slot] ?? 0;
    due[slot] = 0;
    tick += 1;
    // Of no requests none can fail: bursts of an arm that is left without traffic end with it.
    const events = poisson(random, mean * (1 - errorRate));
    return mean === 0 ? { events: 0, bad: 0 } : { events: events + bad, bad };
  };
};
