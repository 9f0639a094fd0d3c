/** PromQL of a rule's own: a level that the metric source computes, with `$arm` where the version's labels go. */
import { failed, ok, type Result } from '../lib/result.ts';
import { type PromqlNode, type PromqlProblem, parsePromql } from './promql-tree.ts';
import { typeProblems } from './promql-types.ts';
import { parseSelector } from './selector.ts';
import type { Sli } from './sli.ts';

const maxLength = 2000;

const strings = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`/g;

/** The expression with every string blanked out, so that what is left is structure, letter for letter. */
const structure = (promql: string): string =>
  promql.replace(strings, (text) => `"${' '.repeat(Math.max(0, text.length - 2))}"`);

const opens: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

const unbalanced = (text: string): PromqlProblem | null => {
  const open: { readonly char: string; readonly at: number }[] = [];
  const problem = ({ char, at }: (typeof open)[number]) => ({ at, message: `has a ${char} without its other half` });
  for (const { 0: char, index: at } of text.matchAll(/[()[\]{}]/g)) {
    if ('([{'.includes(char)) open.push({ char, at });
    else if (open.pop()?.char !== opens[char]) return problem({ char, at });
  }
  const last = open.at(-1);
  return last === undefined ? null : problem(last);
};

const noArm = 'has no $arm; write it between the braces of each selector, such as up{job="x",$arm}';

const armProblem = (promql: string): PromqlProblem | null => {
  const text = structure(promql);
  const quoted = [...promql.matchAll(/\$arm/g)].find(({ index }) => !text.startsWith('$arm', index));
  if (quoted !== undefined) return { at: quoted.index, message: 'has $arm inside quotes' };
  const places = [...text.matchAll(/\$arm/g)].map(({ index }) => index);
  if (places.length === 0) return { at: 0, message: noArm };
  const stray = places.find((at) => !/[{,]\s*$/.test(text.slice(0, at)) || !/^\s*[,}]/.test(text.slice(at + 4)));
  return stray === undefined ? null : { at: stray, message: 'has $arm outside the braces of a selector' };
};

const expressionProblem = (promql: string): PromqlProblem | null => {
  const text = structure(promql);
  if (promql.length > maxLength) return { at: 0, message: `has more than ${maxLength} letters` };
  const quote = /["'`]/.exec(text.replace(/" *"/g, (blank) => ' '.repeat(blank.length)));
  if (quote !== null) return { at: quote.index, message: 'has a quote that is never closed' };
  const bracket = unbalanced(text);
  if (bracket !== null) return bracket;
  const dollar = /\$(?!arm(?![a-zA-Z0-9_]))/.exec(text);
  if (dollar !== null) return { at: dollar.index, message: 'has a $ that is not $arm' };
  return armProblem(promql) ?? grammarProblem(promql);
};

/** A matcher as long as `$arm`, so that every place stays what it is. */
export const armStandIn = '_=""';

/** The tree of an expression with `$arm` in it. */
export const expressionTree = (promql: string): Result<PromqlNode, PromqlProblem> =>
  parsePromql(promql.replaceAll('$arm', armStandIn));

const grammarProblem = (promql: string): PromqlProblem | null => {
  const tree = expressionTree(promql);
  if (!tree.ok) return tree.error;
  return typeProblems(tree.value, promql.replaceAll('$arm', armStandIn))[0] ?? null;
};

/** A plain selector is read as raw series; anything more is computed by the source. The error follows the word `query`. */
export const gaugeQuery = (promql: string, aggregate: 'avg' | 'max'): Result<Sli, PromqlProblem> => {
  const misplaced = promql.includes('$arm') ? armProblem(promql) : null;
  if (misplaced !== null) return failed(misplaced);
  const selector = parseSelector(promql.replace(/\$arm\s*,?/, ''));
  if (selector.ok) return ok({ kind: 'gauge', selector: selector.value, aggregate });
  const problem = expressionProblem(promql);
  return problem === null ? ok({ kind: 'expression', promql, aggregate }) : failed(problem);
};
