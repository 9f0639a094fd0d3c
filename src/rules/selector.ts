/** PromQL vector selectors: text to `Selector`, strictly; whatever is no plain `metric{label="value"}` is refused. */
import { failed, ok, type Result } from '../lib/result.ts';
import type { Matcher, Selector } from './sli.ts';

export const metricNamePattern = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
export const labelNamePattern = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

const maxLength = 1000;

const matcherAt = /([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|!~|!=|=)\s*("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')/y;
const headAt = /\s*([a-zA-Z_:][a-zA-Z0-9_:]*)\s*/y;

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\', '"': '"', "'": "'" };

/** The value of a quoted PromQL string; null for an escape that is not one of `\n \t \r \\ \" \'`. */
const unquote = (text: string): string | null => {
  const inner = text.slice(1, -1);
  if ([...inner.matchAll(/\\(.)/g)].some(([, char]) => !Object.hasOwn(escapes, char ?? ''))) return null;
  return inner.replace(/\\(.)/g, (_, char: string) => escapes[char] ?? '');
};

// RE2, which Prometheus uses, has neither; a source that scrapes evaluates the same text in JavaScript.
const notInRe2 = /\(\?(?:[=!]|<[=!])|\\[1-9]|\\k</;

export const regexProblem = (value: string): string | null => {
  try {
    new RegExp(`^(?:${value})$`);
  } catch {
    return `${JSON.stringify(value)} is not a regular expression`;
  }
  return notInRe2.test(value) ? `${JSON.stringify(value)} looks around or back, which Prometheus cannot` : null;
};

const matcherFrom = (found: RegExpExecArray): Result<Matcher, string> => {
  const label = found[1] ?? '';
  const op = found[2] as Matcher['op'];
  const value = unquote(found[3] ?? '');
  if (label === '__name__') return failed('write the metric name before the braces, not as __name__');
  if (value === null) return failed(`an escape in ${found[3]} is unknown; known: \\n \\t \\r \\\\ \\" \\'`);
  const problem = op === '=~' || op === '!~' ? regexProblem(value) : null;
  return problem === null ? ok({ label, op, value }) : failed(problem);
};

/** The matchers between the braces, from `text[from]` on, up to the end of the text. */
const matchersFrom = (text: string, from: number): Result<readonly Matcher[], string> => {
  const matchers: Matcher[] = [];
  let rest = text.slice(from).trim();
  while (rest !== '}') {
    matcherAt.lastIndex = 0;
    const found = matcherAt.exec(rest);
    if (found === null) return failed(`expected label="value" at ${JSON.stringify(rest.slice(0, 30))}`);
    const matcher = matcherFrom(found);
    if (!matcher.ok) return matcher;
    matchers.push(matcher.value);
    const after = rest.slice(found[0].length).trim();
    if (after !== '}' && !after.startsWith(','))
      return failed(`expected , or } at ${JSON.stringify(after.slice(0, 30))}`);
    rest = after === '}' ? after : after.slice(1).trim();
  }
  return ok(matchers);
};

/** `http_requests_total{code=~"5.."}`; the error is a sentence that names the spot. */
export const parseSelector = (text: string): Result<Selector, string> => {
  if (text.length > maxLength) return failed(`a selector has at most ${maxLength} letters`);
  headAt.lastIndex = 0;
  const head = headAt.exec(text);
  if (head === null) return failed(`${JSON.stringify(text.slice(0, 60))} does not begin with a metric name`);
  const metric = head[1] ?? '';
  const rest = text.slice(head[0].length);
  if (rest === '') return ok({ metric, matchers: [] });
  if (!rest.startsWith('{'))
    return failed(`expected { or the end after ${metric}, found ${JSON.stringify(rest.slice(0, 30))}`);
  const matchers = matchersFrom(text, head[0].length + 1);
  return matchers.ok ? ok({ metric, matchers: matchers.value }) : matchers;
};
