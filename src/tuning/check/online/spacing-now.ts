/** From one scrape to the next, as the samples of one series show it. */
import { ok, type Result } from '../../../lib/result.ts';
import type { MetricSource } from '../../../metrics/metric-source.ts';
import { renderSelector } from '../../../rules/promql.ts';
import type { Selector } from '../../../rules/sli.ts';
import { ask, seriesIn } from './ask.ts';
import type { Side } from './data-now.ts';

const lookbackMs = 600_000;
const enoughGaps = 2;

const middle = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** ms; null: too few samples to tell. */
export const spacingNow = async (
  source: MetricSource,
  wanted: Selector | undefined,
  sides: readonly Side[],
): Promise<Result<number | null, string>> => {
  if (wanted === undefined) return ok(null);
  const one = await ask(
    source,
    Object.fromEntries(sides.map(({ name, arm }) => [name, `topk(1, ${renderSelector(wanted, arm)})`])),
  );
  if (!one.ok) return one;
  const [series] = sides.flatMap(({ name }) => seriesIn(one.value, name));
  if (series === undefined) return ok(null);
  const { __name__: _, ...labels } = series.labels;
  const exact = Object.fromEntries(Object.entries(labels).map(([label, value]) => [label, [value]]));
  const selector = renderSelector({ metric: wanted.metric, matchers: [] }, exact);
  const asked = await ask(source, { samples: `${selector}[${lookbackMs}ms]` });
  if (!asked.ok) return asked;
  const times = seriesIn(asked.value, 'samples')[0]?.samples.map(({ atMs }) => atMs) ?? [];
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  return ok(gaps.length < enoughGaps ? null : Math.max(1_000, Math.round(middle(gaps) / 1_000) * 1_000));
};
