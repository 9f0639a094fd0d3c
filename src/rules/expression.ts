/** PromQL of a rule's own: a level that the metric source computes, with `$arm` where the version's labels go. */
import { failed, ok, type Result } from '../lib/result.ts';
import { parseSelector } from './selector.ts';
import type { Sli } from './sli.ts';

const maxLength = 2000;

const strings = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`/g;

/** The expression with every string emptied, so that what is left is structure. */
const structure = (promql: string): string => promql.replace(strings, '""');

const closes: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

const unbalanced = (text: string): string | null => {
  const open: string[] = [];
  for (const char of text) {
    if ('([{'.includes(char)) open.push(char);
    else if (char in closes && open.pop() !== closes[char]) return char;
  }
  return open.at(-1) ?? null;
};

const armProblem = (promql: string): string | null => {
  const text = structure(promql);
  if (text.split('$arm').length !== promql.split('$arm').length) return 'has $arm inside quotes';
  const places = text.split('$arm');
  if (places.length === 1) return 'has no $arm; write it between the braces of each selector, such as up{job="x",$arm}';
  for (const [index, before] of places.slice(0, -1).entries()) {
    const after = places[index + 1] ?? '';
    if (!/[{,]\s*$/.test(before) || !/^\s*[,}]/.test(after)) return 'has $arm outside the braces of a selector';
  }
  return null;
};

const expressionProblem = (promql: string): string | null => {
  const text = structure(promql);
  if (promql.length > maxLength) return `has more than ${maxLength} letters`;
  if (/["'`]/.test(text.replaceAll('""', ''))) return 'has a quote that is never closed';
  const bracket = unbalanced(text);
  if (bracket !== null) return `has a ${bracket} without its other half`;
  if (/\$(?!arm(?![a-zA-Z0-9_]))/.test(text)) return 'has a $ that is not $arm';
  return armProblem(promql);
};

/** A plain selector is read as raw series; anything more is computed by the source. The error follows the word `query`. */
export const gaugeQuery = (promql: string, aggregate: 'avg' | 'max'): Result<Sli, string> => {
  const misplaced = promql.includes('$arm') ? armProblem(promql) : null;
  if (misplaced !== null) return failed(misplaced);
  const selector = parseSelector(promql.replace(/\$arm\s*,?/, ''));
  if (selector.ok) return ok({ kind: 'gauge', selector: selector.value, aggregate });
  const problem = expressionProblem(promql);
  return problem === null ? ok({ kind: 'expression', promql, aggregate }) : failed(problem);
};
