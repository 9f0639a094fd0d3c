/** What the metric source remembers of stable: seven days of a rule's counts. */
import { ok, type Result } from '../../../lib/result.ts';
import type { HistorySource } from '../../../metrics/history.ts';
import { armExists, armsFor } from '../../../metrics/matching.ts';
import { ruleHistory } from '../../../metrics/rule-history.ts';
import type { Arms } from '../../../metrics/series.ts';
import type { Rule } from '../../../rules/rule.ts';
import type { History } from '../../../verdict/dispersion.ts';

const lookbackMs = 7 * 86_400_000;
const leastStepMs = 15_000;

export interface Past {
  readonly history: HistorySource;
  readonly arms: Arms;
  readonly nowMs: number;
  /** From one scrape to the next. */
  readonly intervalMs: number;
  readonly withinMs: number;
}

/** Where nothing tells stable from the canary, all series stand for it: most of a week there is no canary. null: the rule counts nothing bad. */
export const stablePast = async (rule: Rule, past: Past): Promise<Result<History | null, string>> => {
  const { history, arms, nowMs, intervalMs, withinMs } = past;
  if (rule.sli.kind !== 'ratio' && rule.sli.kind !== 'latency') return ok(null);
  const stepMs = Math.max(leastStepMs, intervalMs);
  const toMs = nowMs - (nowMs % stepMs);
  const labelsOf = (metric: string) => {
    const { stable } = armsFor(arms, metric);
    return armExists(stable) ? stable : {};
  };
  const span = { fromMs: toMs - lookbackMs, toMs, stepMs, intervalMs, labelsOf, withinMs };
  const bins = await ruleHistory(history, rule, span);
  return bins.ok ? ok({ bins: bins.value, stepMs, incidents: [] }) : bins;
};
