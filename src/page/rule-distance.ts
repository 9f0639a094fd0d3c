/** How far a rule is from its decision, as people count: errors, and minutes of the traffic that there is. */
import { countText, tookText } from '../report/format-value.ts';
import type { RuleView } from '../report/rule-view.ts';

/** Empty: it has decided, or no count would change anything soon. */
export const distanceText = (rule: RuleView, pace: Pace): string => {
  if (rule.verdict === 'breach') return 'It has decided against the canary.';
  return [rule.take, minutesText(rule, pace)].filter((part) => part !== '').join('; ');
};

export interface Pace {
  /** Canary events a second, as the rule counts them lately; null: not known. */
  readonly perSecond: number | null;
}

/** What the rule's events of its newest points tell; fewer than two looks tell nothing. */
export const paceOf = (atMs: readonly number[], events: readonly number[]): Pace => {
  const from = Math.max(0, atMs.length - lately);
  const [firstMs, lastMs] = [atMs[from], atMs.at(-1)];
  if (firstMs === undefined || lastMs === undefined || lastMs <= firstMs) return { perSecond: null };
  const counted = (events.at(-1) ?? 0) - (events[from] ?? 0);
  return { perSecond: (1_000 * counted) / (lastMs - firstMs) };
};

const lately = 10;

/** While it fails at the rate that it shows: until enough bad events have come. While too few have come: until they have. */
const minutesText = ({ canary, errorsToConvict, limit, reason, take, unit }: RuleView, { perSecond }: Pace): string => {
  if (perSecond === null || perSecond <= 0) return '';
  if (reason === 'TooFewEvents') {
    const missing = Number(/([\d,]+) more requests/.exec(take)?.[1]?.replaceAll(',', '') ?? Number.NaN);
    return Number.isFinite(missing) ? `about ${tookText((1_000 * missing) / perSecond)} at ${rateText(perSecond)}` : '';
  }
  if (errorsToConvict === null || unit !== 'ratio' || canary === null || limit === null || canary <= limit) return '';
  return `about ${tookText((1_000 * errorsToConvict) / (perSecond * canary))} at its present rate`;
};

const rateText = (perSecond: number): string => `${countText(Math.max(1, perSecond))} requests/s`;
