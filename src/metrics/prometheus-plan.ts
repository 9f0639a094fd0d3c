/**
 * Many releases' questions as few queries: all that ask for series of one shape (label names, and what is asked of them)
 * share one, with their values side by side. It may answer more than anybody asked; everybody takes his own by exact labels.
 */
import { messageOf } from '../lib/message-of.ts';
import { type LabelValues, renderMatchers, renderSelector } from '../rules/promql.ts';
import type { Matcher, Selector } from '../rules/sli.ts';
import { armExists, armsFor, seriesTest } from './matching.ts';
import type { ReadRequest } from './metric-source.ts';
import type { ArmMatch } from './series.ts';
import { totalQuery } from './total-query.ts';

export interface Query {
  readonly promql: string;
  /** Names of metrics that it answers, or the expression itself. */
  readonly answers: readonly string[];
  readonly kind: 'range' | 'expression';
}

/** Longer queries are cut: VictoriaMetrics, for one, refuses them from 16 KiB on. */
const maxQueryBytes = 15_000;

interface Shape {
  readonly lookbackMs: number;
  /** Matchers other than `=`; the same for everybody who shares the query. */
  readonly patterns: readonly Matcher[];
  readonly metrics: Set<string>;
  readonly values: Map<string, Set<string>>;
}

/** Throws RangeError for a label or metric name that is none: see `checkRequest`. */
export function planQueries(requests: readonly ReadRequest[]): readonly Query[] {
  const shapes = new Map<string, Shape>();
  for (const { selectors, arms, lookbackMs } of requests)
    for (const selector of selectors) {
      const { canary, stable } = armsFor(arms, selector.metric);
      for (const arm of [canary, stable].filter(armExists)) addToShape(shapes, { selector, arm, lookbackMs });
    }
  const expressions = new Set(requests.flatMap(expressionsOf).map(({ promql }) => promql));
  return [
    ...[...shapes.values()].flatMap(queriesOf),
    ...[...expressions].map((promql): Query => ({ promql, answers: [promql], kind: 'expression' })),
  ];
}

/** All that the server computes for a request, one answer an id. Throws as above. */
export const expressionsOf = ({ expressions, totals = [] }: ReadRequest): ReadRequest['expressions'] => [
  ...expressions,
  ...totals.map((total) => ({ id: total.id, promql: totalQuery(total) })),
];

interface Wanted {
  readonly selector: Selector;
  readonly arm: ArmMatch;
  readonly lookbackMs: number;
}

function addToShape(shapes: Map<string, Shape>, { selector, arm, lookbackMs }: Wanted): void {
  const patterns = selector.matchers.filter(({ op }) => op !== '=');
  const exact = [
    ...selector.matchers.filter(({ op }) => op === '=').map(({ label, value }) => [label, [value]] as const),
    ...Object.entries(arm),
  ];
  const names = exact.map(([label]) => label).sort();
  // Patterns can't be told to several metrics at once.
  const metric = patterns.length === 0 ? '' : selector.metric;
  const key = JSON.stringify([lookbackMs, metric, names, patterns]);
  const shape: Shape = shapes.get(key) ?? { lookbackMs, patterns, metrics: new Set(), values: new Map() };
  shapes.set(key, shape);
  shape.metrics.add(selector.metric);
  for (const [label, values] of exact)
    shape.values.set(label, new Set([...(shape.values.get(label) ?? []), ...values]));
}

function queriesOf(shape: Shape): readonly Query[] {
  const values = Object.fromEntries([...shape.values].map(([label, each]) => [label, [...each].sort()]));
  return cut(shape, values).map((part) => ({
    promql: render(shape, part),
    answers: [...shape.metrics],
    kind: 'range',
  }));
}

function render({ metrics, patterns, lookbackMs }: Shape, values: LabelValues): string {
  const [metric, ...others] = [...metrics].sort();
  const selector =
    metric !== undefined && others.length === 0
      ? renderSelector({ metric, matchers: patterns }, values)
      : `{${renderMatchers({ __name__: [...metrics].sort(), ...values })}}`;
  return `${selector}[${Math.ceil(lookbackMs)}ms]`;
}

/** Shares the values of the label that has most out among as many queries as it takes. */
function cut(shape: Shape, values: LabelValues): readonly LabelValues[] {
  const [label, most] = Object.entries(values).reduce((a, b) => (b[1].length > a[1].length ? b : a), ['', []]);
  const parts = Math.ceil(Buffer.byteLength(render(shape, values)) / maxQueryBytes);
  if (parts === 1 || most.length < 2) return [values];
  const size = Math.ceil(most.length / parts);
  const starts = Array.from({ length: Math.ceil(most.length / size) }, (_, part) => part * size);
  return starts.flatMap((from) => cut(shape, { ...values, [label]: most.slice(from, from + size) }));
}

/** Why this request cannot be asked; null: it can. One bad label name must not keep others from their answers. */
export function checkRequest(request: ReadRequest): string | null {
  try {
    planQueries([request]);
    for (const selector of request.selectors) seriesTest(selector);
    return null;
  } catch (error) {
    return messageOf(error);
  }
}
