/** PromQL's types, checked as Prometheus does before it evaluates: every problem with its place in the text. */
import {
  aggregationSignature,
  functionSignature,
  type Signature,
  unknownFunction,
  type ValueType,
} from './promql-functions.ts';
import { selectorProblems } from './promql-matchers.ts';
import { literalValue, rangeOf, selectorOf } from './promql-selectors.ts';
import type { PromqlNode, PromqlProblem } from './promql-tree.ts';

interface Walk {
  readonly text: string;
  readonly problems: PromqlProblem[];
}

/** null: something below is wrong already, and was told. */
type Found = ValueType | null;
type Check = (walk: Walk, node: PromqlNode) => Found;

const refuse = ({ problems }: Walk, node: PromqlNode, message: string): null => {
  problems.push({ at: node.from, message });
  return null;
};

const textOf = ({ text }: Walk, node: PromqlNode | undefined): string =>
  node === undefined ? '' : text.slice(node.from, node.to);

const named = (type: ValueType): string => `${type === 'instant vector' ? 'an' : 'a'} ${type}`;

const hints: Readonly<Partial<Record<`${ValueType} for ${ValueType}`, string>>> = {
  'instant vector for range vector': '; write a range such as [5m] after the selector',
  'range vector for instant vector': '; put it into a function such as rate or max_over_time',
};

const mismatch = (what: string, needed: ValueType, found: ValueType): string =>
  `${what} needs ${named(needed)}, not ${named(found)}${hints[`${found} for ${needed}`] ?? ''}`;

const plural = (count: number): string => `${count} argument${count === 1 ? '' : 's'}`;

const countText = ({ takes, optional, repeats }: Signature): string => {
  if (repeats === 'last') return `at least ${takes.length - optional}`;
  return optional === 0 ? String(takes.length) : `${takes.length - optional} or ${takes.length}`;
};

interface Call {
  readonly name: string;
  readonly node: PromqlNode;
  readonly given: readonly PromqlNode[];
}

const checkCall = (walk: Walk, { name, node, given }: Call, signature: Signature): Found => {
  const { takes, optional, repeats, gives } = signature;
  const tooMany = repeats === 'none' && given.length > takes.length;
  if (given.length < takes.length - optional || tooMany)
    return refuse(walk, node, `gives ${plural(given.length)} to ${name}; it takes ${countText(signature)}`);
  for (const [index, argument] of given.entries()) {
    const needed = takes[index] ?? takes.at(-1) ?? 'instant vector';
    const found = typeOf(walk, argument);
    if (found !== null && found !== needed) refuse(walk, argument, `is wrong here: ${mismatch(name, needed, found)}`);
  }
  return gives;
};

const argumentsOf = (node: PromqlNode): readonly PromqlNode[] =>
  node.children.find(({ kind }) => kind === 'FunctionCallBody')?.children.filter(isExpression) ?? [];

const functionCall: Check = (walk, node) => {
  const name = textOf(walk, node.children[0]);
  const signature = functionSignature(name);
  if (signature === null) return refuse(walk, node, unknownFunction(name));
  return checkCall(walk, { name, node, given: argumentsOf(node) }, signature);
};

const aggregation: Check = (walk, node) => {
  const name = textOf(walk, node.children[0]);
  return checkCall(walk, { name, node, given: argumentsOf(node) }, aggregationSignature(name));
};

const comparisons: ReadonlySet<string> = new Set(['Eql', 'Neq', 'Gtr', 'Lss', 'Gte', 'Lte']);
const setOperators: ReadonlySet<string> = new Set(['And', 'Or', 'Unless']);

interface Sides {
  readonly operator: PromqlNode;
  readonly left: ValueType;
  readonly right: ValueType;
}

const binaryProblem = (walk: Walk, node: PromqlNode, { operator, left, right }: Sides): string | null => {
  const sign = textOf(walk, operator);
  const has = (kind: string): boolean => node.children.some((child) => child.kind === kind);
  const scalars = left === 'scalar' && right === 'scalar';
  const vectors = left === 'instant vector' && right === 'instant vector';
  if (has('BoolModifier') && !comparisons.has(operator.kind)) return `has bool with ${sign}; it belongs to comparisons`;
  if (scalars && comparisons.has(operator.kind) && !has('BoolModifier'))
    return `compares two scalars; write ${sign} bool`;
  if (setOperators.has(operator.kind) && !vectors)
    return `has a scalar beside ${sign}, which needs two instant vectors`;
  if (has('MatchingModifierClause') && !vectors) return `matches labels between values that are no two instant vectors`;
  const clause = node.children.find(({ kind }) => kind === 'MatchingModifierClause');
  const grouped = clause?.children.some(({ kind }) => kind === 'GroupLeft' || kind === 'GroupRight') ?? false;
  return grouped && setOperators.has(operator.kind) ? `has no use for group_left or group_right with ${sign}` : null;
};

const isOperand = (type: Found): boolean => type === 'scalar' || type === 'instant vector';

const binary: Check = (walk, node) => {
  const sides = node.children.filter(isExpression);
  const [left = null, right = null] = sides.map((side) => {
    const type = typeOf(walk, side);
    if (type === null || isOperand(type)) return type;
    return refuse(walk, side, `calculates with ${named(type)}; only scalars and instant vectors can be`);
  });
  const operator = node.children[1];
  if (left === null || right === null || operator === undefined) return null;
  const problem = binaryProblem(walk, node, { operator, left, right });
  if (problem !== null) return refuse(walk, operator, problem);
  return left === 'scalar' && right === 'scalar' ? 'scalar' : 'instant vector';
};

const unary: Check = (walk, node) => {
  const inner = node.children.at(-1) as PromqlNode;
  const type = typeOf(walk, inner);
  if (type === null || isOperand(type)) return type;
  return refuse(walk, inner, `has a sign before ${named(type)}; only scalars and instant vectors have one`);
};

const selector: Check = (walk, node) => {
  for (const problem of selectorProblems(selectorOf(node, walk.text))) walk.problems.push(problem);
  for (const matcher of node.children.flatMap(({ children }) => children))
    for (const literal of matcher.children.filter(({ kind }) => kind === 'StringLiteral')) stringLiteral(walk, literal);
  return 'instant vector';
};

const stringLiteral: Check = (walk, node) =>
  literalValue(textOf(walk, node)) === null
    ? refuse(walk, node, 'has an escape that Prometheus does not know')
    : 'string';

const rangeSelector: Check = (walk, node) => {
  const inner = node.children[0] as PromqlNode;
  if (inner.kind !== 'VectorSelector')
    return refuse(
      walk,
      inner,
      'has a range such as [5m] after something that is no selector; after an expression write [5m:]',
    );
  selector(walk, inner);
  return rangeOf(node, walk.text) === 0 ? refuse(walk, node, 'has a range of no length') : 'range vector';
};

const subquery: Check = (walk, node) => {
  const inner = node.children[0] as PromqlNode;
  const type = typeOf(walk, inner);
  if (type !== null && type !== 'instant vector')
    return refuse(walk, inner, `is wrong here: ${mismatch('a subquery', 'instant vector', type)}`);
  return 'range vector';
};

const selectors: ReadonlySet<string> = new Set(['VectorSelector', 'MatrixSelector', 'SubqueryExpr']);
const shifts: ReadonlySet<string> = new Set(['OffsetExpr', 'StepInvariantExpr']);

/** `offset` and `@`: of a selector or a subquery, right behind it, each once. */
const shifted: Check = (walk, node) => {
  const inner = node.children[0] as PromqlNode;
  const isTwice = inner.kind === node.kind || inner.children[0]?.kind === node.kind;
  if (shifts.has(inner.kind) && isTwice) return refuse(walk, inner, 'has offset or @ twice for one selector');
  if (selectors.has(inner.kind) || shifts.has(inner.kind)) return typeOf(walk, inner);
  const type = typeOf(walk, inner);
  if (type === null) return null;
  return refuse(walk, inner, 'has offset or @ behind something that is neither a selector nor a subquery');
};

const inside: Check = (walk, node) => typeOf(walk, node.children[0] as PromqlNode);

const checks: Readonly<Record<string, Check>> = {
  NumberDurationLiteral: () => 'scalar',
  StringLiteral: stringLiteral,
  VectorSelector: selector,
  MatrixSelector: rangeSelector,
  SubqueryExpr: subquery,
  OffsetExpr: shifted,
  StepInvariantExpr: shifted,
  AnchoredExpr: inside,
  SmoothedExpr: inside,
  ParenExpr: inside,
  UnaryExpr: unary,
  BinaryExpr: binary,
  AggregateExpr: aggregation,
  FunctionCall: functionCall,
};

const isExpression = ({ kind }: PromqlNode): boolean => kind in checks;

const typeOf = (walk: Walk, node: PromqlNode): Found => checks[node.kind]?.(walk, node) ?? null;

/** All that is wrong with the expression's types; a rule's expression must give an instant vector. */
export const typeProblems = (tree: PromqlNode, text: string): readonly PromqlProblem[] => {
  const walk: Walk = { text, problems: [] };
  const type = typeOf(walk, tree);
  if (type !== null && type !== 'instant vector' && walk.problems.length === 0)
    refuse(walk, tree, `gives ${named(type)}; a level needs an instant vector: one value for each instance`);
  return walk.problems;
};
