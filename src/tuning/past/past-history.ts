/** What history says of a rule's counts, as the product looks back at them: in steps of a scrape, seven days before a start. */
import { ok, type Result } from '../../lib/result.ts';
import type { HistorySource, Span } from '../../metrics/history.ts';
import { ruleHistory } from '../../metrics/rule-history.ts';
import type { LabelValues } from '../../rules/promql.ts';
import type { Rule } from '../../rules/rule.ts';
import type { History, Stretch } from '../../verdict/dispersion.ts';

/** A week has every day and every hour in it. */
export const lookbackMs = 7 * 86_400_000;
const usualStepMs = 15_000;

export interface PastAsked extends Span {
  readonly history: HistorySource;
  /** Of the service: most of a week there is no canary, so all versions stand for stable. */
  readonly labelsOf: (metric: string) => LabelValues;
  readonly intervalMs: number;
  /** Default 15 s. */
  readonly leastStepMs?: number;
  readonly incidents: readonly Stretch[];
  readonly withinMs: number;
  readonly signal?: AbortSignal;
}

/** null: the rule counts nothing bad. */
export async function pastHistory(rule: Rule, asked: PastAsked): Promise<Result<History | null, string>> {
  if (rule.sli.kind !== 'ratio' && rule.sli.kind !== 'latency') return ok(null);
  const { history, incidents, leastStepMs = usualStepMs, ...span } = asked;
  const stepMs = Math.max(leastStepMs, span.intervalMs);
  const down = (atMs: number): number => atMs - (atMs % stepMs);
  const bins = await ruleHistory(history, rule, { ...span, stepMs, fromMs: down(span.fromMs), toMs: down(span.toMs) });
  return bins.ok ? ok({ bins: bins.value, stepMs, incidents }) : bins;
}

/** Recorded trouble: releases that were taken back. */
export const takenBack = (
  releases: readonly { readonly startMs: number; readonly endMs: number; readonly ending: string }[],
): readonly Stretch[] =>
  releases
    .filter(({ ending }) => ending === 'rolled back')
    .map(({ startMs, endMs }) => ({ fromMs: startMs, toMs: endMs }));
