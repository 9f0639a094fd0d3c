/** A week of a service whose errors come in bursts, and what the product learns from it before a release. */
import { type Bin, learnDispersion } from '../../src/verdict/dispersion.ts';
import { burstingArm, type LastingBursts } from './arrivals.ts';
import type { Random } from './random.ts';

const stepSeconds = 15;
const days = 7;

export interface BurstyService {
  readonly total: number;
  readonly errorRate: number;
  readonly bursts: LastingBursts;
}

export const learnedPhi = (random: Random, { total, errorRate, bursts }: BurstyService): number | null => {
  const arm = burstingArm(random, bursts, stepSeconds);
  const bins: Bin[] = [];
  const stepMs = stepSeconds * 1000;
  for (let atMs = 0; atMs < days * 86_400_000; atMs += stepMs)
    bins.push({ atMs, ...arm({ perSecond: total, errorRate }) });
  return learnDispersion({ bins, stepMs, incidents: [] })?.phi ?? null;
};
