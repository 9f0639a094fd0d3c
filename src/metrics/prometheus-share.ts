/** One batch of query results handed out: to each request its own series, by exact labels, or why there are none. */
import type { Result } from '../lib/result.ts';
import type { Selector } from '../rules/sli.ts';
import { armsFor, inArm, seriesTest } from './matching.ts';
import type { PartialFailure, ReadRequest } from './metric-source.ts';
import type { Failure } from './prometheus-http.ts';
import { expressionsOf, type Query } from './prometheus-plan.ts';
import type { Arms, Series } from './series.ts';

export interface Outcome {
  readonly query: Query;
  readonly result: Result<readonly Series[], Failure>;
}

export interface Share {
  readonly series: readonly Series[];
  readonly failures: readonly PartialFailure[];
}

export interface Batch {
  /** Metric name, then label, then value: who has it. */
  readonly index: (metric: string, label: string) => ReadonlyMap<string, readonly Series[]>;
  readonly expressions: ReadonlyMap<string, readonly Series[]>;
  readonly failures: readonly { readonly query: Query; readonly failure: Failure }[];
}

export function gatherBatch(outcomes: readonly Outcome[]): Batch {
  const good = outcomes.flatMap(({ query, result }) => (result.ok ? [{ query, series: result.value }] : []));
  const ranges = good.filter(({ query }) => query.kind === 'range').flatMap(({ series }) => series);
  const byMetric = Map.groupBy(unique(ranges), ({ metric }) => metric);
  const indexes = new Map<string, ReadonlyMap<string, readonly Series[]>>();
  return {
    index: (metric, label) => {
      const key = `${metric} ${label}`;
      const known = indexes.get(key) ?? Map.groupBy(byMetric.get(metric) ?? [], ({ labels }) => labels[label] ?? '');
      indexes.set(key, known);
      return known;
    },
    expressions: new Map(
      good.filter(({ query }) => query.kind === 'expression').map(({ query, series }) => [query.promql, series]),
    ),
    failures: outcomes.flatMap(({ query, result }) => (result.ok ? [] : [{ query, failure: result.error }])),
  };
}

/** Queries of different shapes may answer the same series. */
const unique = (series: readonly Series[]): readonly Series[] => [
  ...new Map(series.map((each) => [`${each.metric} ${JSON.stringify(each.labels)}`, each])).values(),
];

export function shareOf(request: ReadRequest, batch: Batch): Share {
  const own = new Set(request.selectors.flatMap((selector) => seriesFor(selector, request.arms, batch)));
  const levels = expressionsOf(request).flatMap(({ id, promql }) =>
    (batch.expressions.get(promql) ?? []).map((each) => ({ ...each, metric: id })),
  );
  return { series: [...own, ...levels], failures: failuresOf(request, batch) };
}

function seriesFor(selector: Selector, arms: Arms, batch: Batch): readonly Series[] {
  const isWanted = seriesTest(selector);
  const { canary, stable } = armsFor(arms, selector.metric);
  return [canary, stable].flatMap((arm) => {
    const [label, values] = Object.entries(arm)[0] ?? ['', []];
    const candidates = values.flatMap((value) => batch.index(selector.metric, label).get(value) ?? []);
    return candidates.filter((each) => isWanted(each) && inArm(arm, each.labels));
  });
}

function failuresOf(request: ReadRequest, { failures }: Batch): readonly PartialFailure[] {
  const { selectors } = request;
  return failures.flatMap(({ query, failure }) => {
    const metrics =
      query.kind === 'range'
        ? selectors.map(({ metric }) => metric).filter((metric) => query.answers.includes(metric))
        : expressionsOf(request)
            .filter(({ promql }) => promql === query.promql)
            .map(({ id }) => id);
    return metrics.length === 0 ? [] : [{ metrics: [...new Set(metrics)], ...failure }];
  });
}
