/** Functions for counters on gauges and the other way round, told by the metric's name. */
import { nodesOf, selectorOf } from '../../rules/promql-selectors.ts';
import type { PromqlNode } from '../../rules/promql-tree.ts';
import { atWord, type Finding, insideWord, type RuleSubject } from './finding.ts';
import { type QueryTree, queryTree } from './query-selectors.ts';

const counterName = /_(total|count|sum|bucket)$/;
/** Nothing but a counter is called so; a `_count` or `_sum` may be a gauge. */
const surelyCounter = /_(total|bucket)$/;

const forGauges: ReadonlySet<string> = new Set(['delta', 'idelta', 'deriv', 'predict_linear']);
const forCounters: ReadonlySet<string> = new Set(['rate', 'irate', 'increase']);

const textOf = ({ text }: QueryTree, node: PromqlNode | undefined): string =>
  node === undefined ? '' : text.slice(node.from, node.to);

interface Problem {
  readonly at: number;
  readonly message: string;
}

const callProblem = (query: QueryTree, call: PromqlNode): Problem | null => {
  const name = textOf(query, call.children[0]);
  const [argument] = nodesOf(call, 'FunctionCallBody').flatMap(({ children }) => children);
  const [selector] = argument === undefined ? [] : nodesOf(argument, 'VectorSelector');
  const metric = selector === undefined ? '' : selectorOf(selector, query.text).metric;
  if (forCounters.has(name) && argument?.kind === 'SubqueryExpr' && argument.children[0]?.kind === 'AggregateExpr')
    return {
      at: call.from,
      message: `${name} of a sum counts every restart as a jump; sum what ${name} gives: sum(${name}(...))`,
    };
  if (metric === '') return null;
  if (forGauges.has(name) && counterName.test(metric))
    return {
      at: call.from,
      message: `${name} is for gauges, and ${metric} is a counter by its name: it falls to 0 at every restart; write rate or increase`,
    };
  if (forCounters.has(name) && !counterName.test(metric))
    return {
      at: call.from,
      message: `${name} is for counters, and ${metric} is none by its name (_total, _count, _sum, _bucket): it may fall by itself; write deriv or delta`,
    };
  return null;
};

const isOverTime = (query: QueryTree, node: PromqlNode): boolean =>
  node.kind === 'MatrixSelector' ||
  node.kind === 'SubqueryExpr' ||
  (node.kind === 'FunctionCall' && ['absent', 'timestamp'].includes(textOf(query, node.children[0])));

/** Counters that are taken as they stand: what the process counted since it began. */
const rawCounters = (query: QueryTree, node: PromqlNode): readonly Problem[] => {
  if (isOverTime(query, node)) return [];
  if (node.kind !== 'VectorSelector') return node.children.flatMap((child) => rawCounters(query, child));
  const { metric } = selectorOf(node, query.text);
  return surelyCounter.test(metric) ? [{ at: node.from, message: standing(metric) }] : [];
};

const standing = (metric: string): string =>
  `${metric} is a counter by its name, and is compared as it stands: all since the process began; write rate(${metric}{$arm}[5m])`;

export const counterSense = (subject: RuleSubject): readonly Finding[] => {
  const { sli } = subject.rule;
  const saying = { level: 'warning', check: 'CounterOrGauge' } as const;
  if (!('query' in subject.words)) return [];
  if (sli.kind === 'gauge' && surelyCounter.test(sli.selector.metric))
    return [atWord(subject, ['query'], { ...saying, message: standing(sli.selector.metric) })];
  const query = queryTree(subject);
  if (query === null) return [];
  const calls = nodesOf(query.tree, 'FunctionCall').flatMap((call) => callProblem(query, call) ?? []);
  return [...calls, ...rawCounters(query, query.tree)].map(({ at, message }) =>
    insideWord(subject, ['query'], { ...saying, message, offset: at }),
  );
};
