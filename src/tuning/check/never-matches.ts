/** Selectors that can match no series at all, whatever is scraped. */
import type { Matcher } from '../../rules/sli.ts';

/** Labels that every scraped series has. */
const alwaysThere: ReadonlySet<string> = new Set(['job', 'instance', '__name__']);

const anchored = (pattern: string): RegExp => new RegExp(`^(?:${pattern})$`, 's');

const lets = ({ op, value }: Matcher, given: string): boolean => {
  const found = op === '=' || op === '!=' ? value === given : anchored(value).test(given);
  return found === (op === '=' || op === '=~');
};

/** The only values that a matcher lets through; null: there are too many to list. */
const valuesOf = ({ op, value }: Matcher): readonly string[] | null => {
  if (op === '=') return [value];
  return op === '=~' && /^[\w :/@-]*(\|[\w :/@-]*)*$/.test(value) ? value.split('|') : null;
};

export const matcherText = ({ label, op, value }: Matcher): string => `${label}${op}${JSON.stringify(value)}`;

/** A class without a letter in it: `[]`, `[^\s\S]`. */
const emptyClass = /(^|[^\\])(\[\]|\[\^\\s\\S\]|\[\^\\w\\W\]|\[\^\\d\\D\])/;

const aloneProblem = (matcher: Matcher): string | null => {
  const { label, op, value } = matcher;
  if (op === '=~' && emptyClass.test(value))
    return `${matcherText(matcher)} has a class without a letter: no value matches it`;
  if (alwaysThere.has(label) && (op === '=' || op === '=~') && valuesOf(matcher)?.every((each) => each === '') === true)
    return `${matcherText(matcher)} matches nothing: every scraped series has a ${label}`;
  return null;
};

const opposite = { '=': '!=', '!=': '=', '=~': '!~', '!~': '=~' } as const;

const oppositeProblem = (matchers: readonly Matcher[]): string | null => {
  for (const one of matchers) {
    const other = matchers.find(({ op, value }) => op === opposite[one.op] && value === one.value);
    if (other !== undefined) return `${matcherText(one)} and ${matcherText(other)} contradict each other`;
  }
  return null;
};

const togetherProblem = (matchers: readonly Matcher[]): string | null => {
  const listed = matchers.find((matcher) => valuesOf(matcher) !== null);
  const values = listed === undefined ? null : valuesOf(listed);
  if (listed === undefined || values === null) return null;
  const against = matchers.find((other) => !values.some((value) => lets(other, value)));
  if (against !== undefined) return `${matcherText(listed)} and ${matcherText(against)} contradict each other`;
  return values.some((value) => matchers.every((matcher) => lets(matcher, value)))
    ? null
    : `no value of ${listed.label} fits ${matchers.map(matcherText).join(' and ')}`;
};

/** Why nothing can match; null: something may. */
export const whyNothingMatches = (matchers: readonly Matcher[]): string | null => {
  for (const matcher of matchers) {
    const problem = aloneProblem(matcher);
    if (problem !== null) return problem;
  }
  for (const same of Map.groupBy(matchers, ({ label }) => label).values()) {
    const problem = oppositeProblem(same) ?? togetherProblem(same);
    if (problem !== null) return problem;
  }
  return null;
};
