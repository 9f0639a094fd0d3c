/** PromQL text as a plain tree, by the official grammar; what the grammar refuses is a problem with its place in the text. */
import { parser } from '@prometheus-io/lezer-promql';
import { failed, ok, type Result } from '../lib/result.ts';
import { unknownFunction } from './promql-functions.ts';

/** `kind` is the grammar's own name of the node; `from` and `to` are offsets in the text. */
export interface PromqlNode {
  readonly kind: string;
  readonly from: number;
  readonly to: number;
  readonly children: readonly PromqlNode[];
}

export interface PromqlProblem {
  readonly at: number;
  /** A sentence that follows the word `query`. */
  readonly message: string;
}

/** What Prometheus binds to the selector right before it, and the grammar to everything before it. */
const bindsTight: ReadonlySet<string> = new Set([
  'OffsetExpr',
  'StepInvariantExpr',
  'MatrixSelector',
  'SubqueryExpr',
  'AnchoredExpr',
  'SmoothedExpr',
]);

/** `a / b[5m]` is `a / (b[5m])`. */
const rebound = (node: PromqlNode): PromqlNode => {
  const [inner, ...rest] = node.children;
  const loose = inner?.kind === 'BinaryExpr' || inner?.kind === 'UnaryExpr';
  if (!bindsTight.has(node.kind) || inner === undefined || !loose) return node;
  const last = inner.children.at(-1);
  if (last === undefined) return node;
  const tight = rebound({ ...node, from: last.from, children: [last, ...rest] });
  return { ...inner, to: node.to, children: [...inner.children.slice(0, -1), tight] };
};

interface OpenNode {
  readonly kind: string;
  readonly from: number;
  readonly to: number;
  readonly children: PromqlNode[];
}

interface Walked {
  readonly top: PromqlNode | null;
  /** Where the grammar gave up first. */
  readonly errorAt: { readonly from: number; readonly to: number } | null;
}

/** Iterative, by the cursor's own steps. */
const walk = (text: string): Walked => {
  const open: OpenNode[] = [];
  let top: PromqlNode | null = null;
  let errorAt: Walked['errorAt'] = null;
  parser.parse(text).iterate({
    enter: ({ name, from, to, type }) => {
      if (type.isError) errorAt ??= { from, to };
      open.push({ kind: name, from, to, children: [] });
    },
    leave: () => {
      const done = open.pop();
      if (done === undefined) return;
      const node = rebound(done);
      const parent = open.at(-1);
      if (parent === undefined) top = node;
      else parent.children.push(node);
    },
  });
  return { top, errorAt };
};

const stranger = (text: string, { from, to }: { readonly from: number; readonly to: number }): string => {
  const rest = text.slice(from).trim();
  if (rest === '') return 'ends too early for PromQL';
  const function_ = /([a-zA-Z_][a-zA-Z0-9_]*)\s*$/.exec(text.slice(0, from))?.[1];
  if (rest.startsWith('(') && function_ !== undefined) return unknownFunction(function_);
  const found = to > from ? text.slice(from, to) : rest;
  return `is not PromQL at ${JSON.stringify(found.slice(0, 30))}`;
};

/** An unclosed quote at the very end satisfies the grammar, but not Prometheus. */
const unclosed = (node: PromqlNode, text: string): PromqlNode | null => {
  if (node.kind === 'StringLiteral') {
    const literal = text.slice(node.from, node.to);
    return literal.length < 2 || !literal.endsWith(literal[0] ?? '') ? node : null;
  }
  for (const child of node.children) {
    const found = unclosed(child, text);
    if (found !== null) return found;
  }
  return null;
};

/** The expression's tree, or the first place where it is none. */
export const parsePromql = (text: string): Result<PromqlNode, PromqlProblem> => {
  const { top, errorAt } = walk(text);
  const expression = top?.children.find(({ kind }) => kind !== 'LineComment');
  if (errorAt !== null) {
    const name = /[a-zA-Z_][a-zA-Z0-9_]*\s*$/.exec(text.slice(0, errorAt.from));
    const isCall = text.slice(errorAt.from).trimStart().startsWith('(') && name !== null;
    return failed({ at: isCall ? name.index : errorAt.from, message: stranger(text, errorAt) });
  }
  if (expression === undefined) return failed({ at: 0, message: 'is empty; write PromQL' });
  const quote = unclosed(expression, text);
  if (quote !== null) return failed({ at: quote.from, message: 'has a quote that is never closed' });
  return ok(expression);
};
