/** What a rule would have counted over a stretch of history, step by step: the source adds up its series, each increment once. */
import { failed, ok, type Result } from '../lib/result.ts';
import { type LabelValues, renderSelector } from '../rules/promql.ts';
import type { Rule } from '../rules/rule.ts';
import type { Selector } from '../rules/sli.ts';
import type { HistorySource, Span } from './history.ts';
import { bucketsOf } from './wanted-series.ts';

export interface RuleHistoryWanted extends Span {
  readonly stepMs: number;
  /** How often the source gets a new sample. */
  readonly intervalMs: number;
  /** Of the metric's arm: stable's, over all that is asked. */
  readonly labelsOf: (metric: string) => LabelValues;
  readonly withinMs: number;
  readonly signal?: AbortSignal;
}

/** Increments from `atMs` on, for one step; stretches without data are left out. */
export interface CountedStep {
  readonly atMs: number;
  readonly events: number;
  readonly bad: number;
}

/** Fails with a sentence: the source did not answer, or the rule counts nothing bad. */
export async function ruleHistory(
  history: HistorySource,
  rule: Rule,
  wanted: RuleHistoryWanted,
): Promise<Result<readonly CountedStep[], string>> {
  const counted = countedBy(rule);
  if (counted === null) return failed(`${rule.name} counts nothing bad`);
  const [total, part] = await Promise.all([
    growth(history, counted.total, wanted),
    growth(history, counted.part, wanted),
  ]);
  if (!total.ok) return total;
  if (!part.ok) return part;
  const steps = [...total.value].map(([atMs, events]): CountedStep => {
    const share = Math.min(events, part.value.get(atMs) ?? 0);
    return { atMs, events, bad: counted.partIs === 'bad' ? share : events - share };
  });
  return ok(steps);
}

interface Counted {
  readonly total: Selector;
  readonly part: Selector;
  readonly partIs: 'bad' | 'good';
}

function countedBy({ sli }: Rule): Counted | null {
  if (sli.kind === 'ratio') return { total: sli.total, part: sli.bad, partIs: 'bad' };
  if (sli.kind !== 'latency') return null;
  const buckets = bucketsOf(sli.histogram);
  return { total: upTo(buckets, ['+Inf']), part: upTo(buckets, written(sli.bound)), partIs: 'good' };
}

/** As clients write bounds: 1 is also 1.0. */
const written = (bound: number): readonly string[] =>
  Number.isInteger(bound) ? [String(bound), bound.toFixed(1)] : [String(bound)];

const upTo = ({ metric, matchers }: Selector, bounds: readonly string[]): Selector => ({
  metric,
  matchers: [
    ...matchers,
    { label: 'le', op: '=~', value: bounds.map((bound) => bound.replace(/[.+]/g, '\\$&')).join('|') },
  ],
});

/**
 * A window one interval longer than the step holds both of its edges' samples: scaled back to the step, what `rate` makes of
 * it is what the counters really gained, and no increment is in two steps.
 */
async function growth(
  history: HistorySource,
  selector: Selector,
  { fromMs, toMs, intervalMs, labelsOf, stepMs, withinMs, signal }: RuleHistoryWanted,
): Promise<Result<ReadonlyMap<number, number>, string>> {
  const series = renderSelector(selector, labelsOf(selector.metric));
  const promql = `sum(rate(${series}[${stepMs + intervalMs}ms])) * ${stepMs / 1000}`;
  const gained = new Map<number, number>();
  const ending = signal === undefined ? {} : { signal };
  for await (const chunk of history.steps({ promql, fromMs: fromMs + stepMs, toMs, stepMs, withinMs, ...ending })) {
    if (!chunk.ok) return failed(chunk.error.message);
    for (const { atMs, value } of chunk.value.series.flatMap(({ samples }) => samples)) {
      if (Number.isFinite(value) && value >= 0) gained.set(atMs - stepMs, value);
    }
  }
  return ok(gained);
}
