/** What holds where a rule says nothing; it depends on what is measured. */
import type { Measured } from './measured-by-name.ts';
import type { Rule, Threshold } from './rule.ts';

const warmUpMs = 60_000;

/** Nothing to count: a level, or an alert. */
export const isUncounted = ({ kind }: Measured): boolean => kind === 'share' || kind === 'level' || kind === 'alert';

export const defaultJudge = (measured: Measured, burnRate: Rule['burnRate'] = []): Rule['judge'] =>
  burnRate.length > 0 || isUncounted(measured) ? 'point' : 'sequential';

/** Free of the last digits' noise, so that 3 / 0.05 asks for 60 and not 61. */
const upward = (value: number): number => Math.ceil(Number(value.toPrecision(12)));

/** The share of bad events at the limit; null where there is none to speak of. */
const limitOf = (measured: Measured, threshold: Threshold): number | null => {
  if (measured.kind === 'errors' && threshold.kind === 'ratio-above') return threshold.ratio;
  return measured.kind === 'time' ? 1 - measured.quantile : null;
};

/** Requests until three bad ones are expected at the limit, the lowest of a burn rate's; for a drop, until it is three times the count's own noise. */
export const defaultMinEvents = (measured: Measured, threshold: Threshold, burnRate: Rule['burnRate'] = []): number => {
  if (threshold.kind === 'drop-from-baseline') return upward((3 / threshold.ratio) ** 2);
  const limit = limitOf(measured, threshold);
  const rate = burnRate.length === 0 ? 1 : Math.min(...burnRate.map((pair) => pair.rate));
  return limit === null ? 0 : upward(3 / (limit * rate));
};

/** Caches fill and compilers warm up; errors count from the first request. */
export const defaultWarmUpMs = (measured: Measured): number => {
  const slow = measured.kind === 'time' || measured.kind === 'volume';
  const cpu = measured.kind === 'share' && measured.resource === 'cpu';
  return slow || cpu ? warmUpMs : 0;
};
