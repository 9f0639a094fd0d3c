/** `ThresholdBelowBaseline`: a limit that stable itself does not keep, found in its history before a canary is held for it. */
import type { Rule } from '../rules/rule.ts';
import { fractionOf, isClearlyAbove, sumCounts } from './counts.ts';
import { type Bin, calmBins, type History, windowsOf } from './dispersion.ts';
import { measureOf } from './measured-as.ts';
import { leadOf } from './which-tests.ts';
import { percent, span } from './words.ts';

export interface BelowBaseline {
  /** Part of the windows in which stable was above the limit. */
  readonly above: number;
  readonly windows: number;
  /** Stable's bad part of all events. */
  readonly runsAt: number;
  /** A limit that it would have kept in all but one window of twenty. */
  readonly wouldDo: number;
}

const tolerated = 0.05;
const fewestWindows = 20;

/** By windows as long as the rule's own, each counted as above only where chance alone would hardly do it. Null: the limit is kept, or nothing can be said. */
export const belowBaseline = (rule: Rule, history: History): BelowBaseline | null => {
  const measure = measureOf(rule);
  if (measure.kind !== 'fraction' || measure.p0 <= 0 || leadOf(rule, measure) === 'relative') return null;
  const windows = windowsOf(calmBins(history), Math.max(rule.windowMs, history.stepMs));
  if (windows.length < fewestWindows) return null;
  const above = windows.filter((each) => isClearlyAbove(each, measure.p0)).length / windows.length;
  if (above <= tolerated) return null;
  return {
    above,
    windows: windows.length,
    runsAt: fractionOf(sumCounts(windows)) ?? 0,
    wouldDo: roundedUp(kept(windows)),
  };
};

/** The least that at most one window of twenty is above. */
const kept = (windows: readonly Bin[]): number => {
  const rates = windows.map(({ events, bad }) => bad / events).toSorted((a, b) => a - b);
  return rates[Math.ceil(rates.length * (1 - tolerated)) - 1] as number;
};

/** To two digits, as people write limits. */
const roundedUp = (ratio: number): number => {
  const unit = 10 ** (Math.floor(Math.log10(ratio)) - 1);
  return Number((Math.ceil(ratio / unit - 1e-9) * unit).toPrecision(2));
};

export const belowBaselineSentence = (rule: Rule, { above, runsAt, windows, wouldDo }: BelowBaseline): string => {
  const isLatency = rule.sli.kind === 'latency';
  const ran = isLatency
    ? `${percent(runsAt)} of stable's requests are slower than ${rule.thresholdText}`
    : `stable itself runs at ${percent(runsAt)}`;
  const mend = isLatency
    ? `a longer time: ${percent(wouldDo)} slower than ${rule.thresholdText} would have to be allowed`
    : `a threshold of ${percent(wouldDo)}`;
  return `${rule.name}: ${ran}, above its limit in ${percent(above)} of ${windows} windows of ${span(rule.windowMs)}: a canary as good as stable would be held for it. What would work: ${mend}, or compare: stable`;
};
