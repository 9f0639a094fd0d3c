/** How much load a machine can take: as much as was asked for, or as much as it answers quickly, and what that means for the first step. Pure. */
import type { LoadReport } from './load-tally.ts';

/** With fewer the demo could not come to its end in time: a machine that can't do them is too slow for it. */
const leastRate = 300;

/** Slower than this, requests queue: what would be judged is the machine, not the service. */
const quickMs = 250;

const answered = ({ lastSecond }: LoadReport): number =>
  Object.values(lastSecond.versions).reduce((sum, { succeeded }) => sum + succeeded, 0);

/** The last second at this rate was answered, all of it and quickly. */
export const isKeptUp = (report: LoadReport, rate: number): boolean =>
  report.rate === rate && answered(report) >= 0.9 * rate && report.lastSecond.latencyMs.p95 <= quickMs;

/** A rate that leaves room to a machine that did not keep up. */
export const easierRate = (report: LoadReport): number =>
  Math.min(report.rate, Math.max(leastRate, Math.floor((0.6 * answered(report)) / 50) * 50));

export interface FirstStep {
  readonly ratePerSecond: number;
  /** Canary percent. */
  readonly weight: number;
  readonly bakeMs: number;
  /** Canary requests that a pass needs. */
  readonly minEvents: number;
}

/** Milliseconds that the first step takes at this load: its bake, or as long as the requests for a pass take. */
export const firstStepMs = ({ ratePerSecond, weight, bakeMs, minEvents }: FirstStep): number =>
  Math.max(bakeMs, (minEvents / (ratePerSecond * (weight / 100))) * 1_000);
