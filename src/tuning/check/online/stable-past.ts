/** What the metric source remembers of stable: seven days of a rule's counts. */
import type { Result } from '../../../lib/result.ts';
import type { HistorySource } from '../../../metrics/history.ts';
import { armExists, armsFor } from '../../../metrics/matching.ts';
import type { Arms } from '../../../metrics/series.ts';
import type { Rule } from '../../../rules/rule.ts';
import type { History } from '../../../verdict/dispersion.ts';
import { lookbackMs, pastHistory } from '../../past/past-history.ts';

export interface Past {
  readonly history: HistorySource;
  readonly arms: Arms;
  readonly nowMs: number;
  /** From one scrape to the next. */
  readonly intervalMs: number;
  readonly withinMs: number;
}

/** Where nothing tells stable from the canary, all series stand for it: most of a week there is no canary. null: the rule counts nothing bad. */
export const stablePast = (rule: Rule, past: Past): Promise<Result<History | null, string>> => {
  const { arms, nowMs, ...asked } = past;
  const labelsOf = (metric: string) => {
    const { stable } = armsFor(arms, metric);
    return armExists(stable) ? stable : {};
  };
  return pastHistory(rule, { ...asked, fromMs: nowMs - lookbackMs, toMs: nowMs, labelsOf, incidents: [] });
};
