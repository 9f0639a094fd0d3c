/** What Prometheus refuses about the matchers of one selector. */
import type { FoundSelector } from './promql-selectors.ts';
import type { PromqlProblem } from './promql-tree.ts';
import { regexProblem } from './selector.ts';

const matchesEmpty = ({ op, value }: FoundSelector['matchers'][number]): boolean => {
  switch (op) {
    case '=':
      return value === '';
    case '!=':
      return value !== '';
    case '=~':
      return new RegExp(`^(?:${value})$`, 's').test('');
    case '!~':
      return !new RegExp(`^(?:${value})$`, 's').test('');
  }
};

export const selectorProblems = (selector: FoundSelector): readonly PromqlProblem[] => {
  const { metric, matchers, at } = selector;
  const problems = matchers.flatMap((matcher) => {
    const message = matcher.op === '=~' || matcher.op === '!~' ? regexProblem(matcher.value) : null;
    return message === null ? [] : [{ at: matcher.at, message: `has a matcher that fails: ${message}` }];
  });
  if (problems.length > 0) return problems;
  const twice = metric === '' ? undefined : matchers.find(({ label }) => label === '__name__');
  if (twice !== undefined)
    return [{ at: twice.at, message: 'names the metric twice: before the braces and as __name__' }];
  if (metric === '' && matchers.every(matchesEmpty))
    return [{ at, message: 'has a selector that would match every series; name a metric' }];
  return [];
};
