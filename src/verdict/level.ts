/** Gauges: when a level is outside, and when stable's own level excuses it. */
import type { LevelReading } from '../metrics/reading.ts';
import type { Threshold } from '../rules/rule.ts';

/** A canary this much above a stable that is outside, too, is at fault all the same. */
const pointsAboveStable = 0.1;

export const isLevelOutside = (threshold: Threshold, { canary, stable }: LevelReading): boolean => {
  if (threshold.kind === 'ratio-above') return canary > threshold.ratio;
  if (threshold.kind === 'seconds-above') return canary > threshold.seconds;
  return stable !== null && canary < (1 - threshold.ratio) * stable;
};

/** A full node is not the canary's fault. */
export const stableSuffersToo = (threshold: Threshold, { canary, stable }: LevelReading): boolean => {
  if (stable === null || threshold.kind === 'drop-from-baseline') return false;
  const limit = threshold.kind === 'ratio-above' ? threshold.ratio : threshold.seconds;
  const margin = threshold.kind === 'ratio-above' ? pointsAboveStable : pointsAboveStable * limit;
  return stable > limit && canary - stable <= margin;
};
