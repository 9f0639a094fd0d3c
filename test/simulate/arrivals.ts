/** Traffic of one service: so many requests in each arm in each tick, so many of them failed. */
import type { Counts } from '../../src/metrics/reading.ts';
import { bursts, poisson, type Random } from './random.ts';

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
