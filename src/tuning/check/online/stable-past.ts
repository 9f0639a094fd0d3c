/** What the metric source remembers of stable: seven days of a rule's counts. */
import type { Result } from '../../../lib/result.ts';
import type { HistorySource } from '../../../metrics/history.ts';
import { armExists, armsFor } from '../../../metrics/matching.ts';
import type { Arms } from '../../../metrics/series.ts';
import { countersOf } from '../../../metrics/wanted-series.ts';
import type { Rule } from '../../../rules/rule.ts';
import type { History } from '../../../verdict/dispersion.ts';
import { lookbackMs, pastHistory } from '../../past/past-history.ts';
import { probeSpacing } from '../../past/spacing.ts';

export interface Past {
  readonly history: HistorySource;
  readonly arms: Arms;
  readonly nowMs: number;
  /** From one scrape to the next, as it is now; it may have been longer. */
  readonly intervalMs: number;
  readonly withinMs: number;
}

/** Where nothing tells stable from the canary, all series stand for it: most of a week there is no canary. null: the rule counts nothing bad. */
export const stablePast = async (rule: Rule, past: Past): Promise<Result<History | null, string>> => {
  const { arms, nowMs, ...asked } = past;
  const [first] = countersOf(rule.sli);
  const labelsOf = (metric: string) => {
    const { stable } = armsFor(arms, metric);
    return armExists(stable) ? stable : {};
  };
  const span = { fromMs: nowMs - lookbackMs, toMs: nowMs };
  const { history, withinMs } = past;
  const spacing = await probeSpacing(first, { ...span, history, withinMs, select: labelsOf(first?.metric ?? '') });
  if (!spacing.ok) return spacing;
  const intervalMs = Math.max(past.intervalMs, spacing.value);
  return pastHistory(rule, { ...asked, ...span, intervalMs, labelsOf, incidents: [] });
};
