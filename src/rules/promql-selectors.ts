/** The selectors in a PromQL tree: metric, matchers, range, and where they stand. */
import type { PromqlNode } from './promql-tree.ts';
import type { Matcher } from './sli.ts';

export interface FoundMatcher extends Matcher {
  readonly at: number;
}

export interface FoundSelector {
  /** Empty where the selector has none. */
  readonly metric: string;
  readonly matchers: readonly FoundMatcher[];
  readonly at: number;
}

const escapes: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
  "'": "'",
};

const escapeAt = /\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|[\s\S])/g;

/** What stands behind the backslash, as the letter that it means; null: Prometheus does not know it. */
const escaped = (code: string): string | null => {
  if (code.length === 1) return escapes[code] ?? null;
  const point =
    code.startsWith('x') || /^u/i.test(code) ? Number.parseInt(code.slice(1), 16) : Number.parseInt(code, 8);
  return point <= 0x10ffff ? String.fromCodePoint(point) : null;
};

/** The text that a literal stands for; null: an escape that Prometheus does not know. */
export const literalValue = (literal: string): string | null => {
  const inner = literal.slice(1, -1);
  if (literal.startsWith('`')) return inner;
  const isKnown = [...inner.matchAll(escapeAt)].every(([, code = '']) => escaped(code) !== null);
  return isKnown ? inner.replace(escapeAt, (_, code: string) => escaped(code) ?? '') : null;
};

const sliceOf = (text: string, { from, to }: PromqlNode): string => text.slice(from, to);

const childOf = (node: PromqlNode, ...kinds: readonly string[]): PromqlNode | undefined =>
  node.children.find(({ kind }) => kinds.includes(kind));

const matcherOf = (node: PromqlNode, text: string): FoundMatcher => {
  const name = childOf(node, 'LabelName', 'QuotedLabelName');
  const op = childOf(node, 'MatchOp');
  const value = childOf(node, 'StringLiteral');
  const label = name === undefined ? '' : sliceOf(text, name);
  return {
    label: name?.kind === 'QuotedLabelName' ? (literalValue(label) ?? label) : label,
    op: (op === undefined ? '=' : sliceOf(text, op)) as Matcher['op'],
    value: value === undefined ? '' : (literalValue(sliceOf(text, value)) ?? ''),
    at: node.from,
  };
};

/** Of a node that is a vector selector; a quoted name without a value, `{"metric"}`, is its metric. */
export const selectorOf = (node: PromqlNode, text: string): FoundSelector => {
  const name = childOf(node, 'Identifier');
  const inBraces = childOf(node, 'LabelMatchers')?.children ?? [];
  const quoted = inBraces.find(({ kind }) => kind === 'QuotedLabelName');
  const metric =
    name === undefined ? (quoted === undefined ? '' : literalValue(sliceOf(text, quoted))) : sliceOf(text, name);
  const matchers = inBraces.filter(({ kind }) => kind.endsWith('LabelMatcher')).map((each) => matcherOf(each, text));
  return { metric: metric ?? '', matchers, at: node.from };
};

/** The node and all below it that have this kind, in the order of the text. */
export const nodesOf = (node: PromqlNode, kind: string): readonly PromqlNode[] => [
  ...(node.kind === kind ? [node] : []),
  ...node.children.flatMap((child) => nodesOf(child, kind)),
];

export const selectorsIn = (tree: PromqlNode, text: string): readonly FoundSelector[] =>
  nodesOf(tree, 'VectorSelector').map((node) => selectorOf(node, text));

const msPerUnit: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
};

/** `5m`, `1h30m` or plain seconds; null for arithmetic. */
export const promqlDuration = (text: string): number | null => {
  if (/^[0-9.]+$/.test(text)) return Number(text) * 1_000;
  if (!/^([0-9]+(ms|[smhdwy]))+$/.test(text)) return null;
  return [...text.matchAll(/([0-9]+)(ms|[smhdwy])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (msPerUnit[unit ?? ''] ?? 0),
    0,
  );
};

/** Of a range selector or subquery, ms; null: it is computed. */
export const rangeOf = (node: PromqlNode, text: string): number | null => {
  const duration = childOf(node, 'DurationExpr');
  return duration === undefined ? null : promqlDuration(sliceOf(text, duration).trim());
};
