/** Selectors and expressions as PromQL text; no label value, however nasty, gets out of its quotes. */
import { labelNamePattern, metricNamePattern } from './selector.ts';
import type { Matcher, Selector } from './sli.ts';

/** For each label the exact values wanted; no value: nothing matches. */
export type LabelValues = Readonly<Record<string, readonly string[]>>;

const inQuotes = (value: string): string => `"${value.replace(/[\\"\n\r\t]/g, (char) => quotedChars[char] ?? char)}"`;

const quotedChars: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '"': '\\"',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

/** A text that, as a regular expression (RE2 or JavaScript), matches exactly itself. */
export const escapeRegex = (value: string): string => value.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** Precondition held at the edges where names are read: a bad name here is a bug, and is thrown rather than sent. */
const checked = (name: string, pattern: RegExp): string => {
  if (!pattern.test(name)) throw new RangeError(`not a PromQL name: ${JSON.stringify(name)}`);
  return name;
};

const matcherText = ({ label, op, value }: Matcher): string =>
  `${checked(label, labelNamePattern)}${op}${inQuotes(value)}`;

/** Exact values as matchers: `=` for one, an anchored alternation for several, a contradiction for none. */
const exactMatchers = (label: string, values: readonly string[]): readonly Matcher[] => {
  const [only, ...others] = values;
  if (only === undefined)
    return [
      { label, op: '=', value: '' },
      { label, op: '!=', value: '' },
    ];
  if (others.length === 0) return [{ label, op: '=', value: only }];
  return [{ label, op: '=~', value: [...new Set(values)].map(escapeRegex).join('|') }];
};

/** `pod="a"`, `pod=~"a|b",track="canary"`: to stand between braces; empty without labels. Throws RangeError on a bad label. */
export const renderMatchers = (labels: LabelValues): string =>
  Object.entries(labels)
    .flatMap(([label, values]) => exactMatchers(label, values))
    .map(matcherText)
    .join(',');

/** `metric{its="own",arm="canary"}`. Throws RangeError on a bad metric or label name. */
export const renderSelector = (selector: Selector, labels: LabelValues = {}): string => {
  const own = selector.matchers.map(matcherText);
  const extra = renderMatchers(labels);
  const all = [...own, ...(extra === '' ? [] : [extra])].join(',');
  return `${checked(selector.metric, metricNamePattern)}${all === '' ? '' : `{${all}}`}`;
};

/** Every `$arm` of the expression as the arm's matchers. */
export const renderExpression = (promql: string, labels: LabelValues): string => {
  const matchers = renderMatchers(labels);
  return promql.replaceAll('$arm', () => matchers);
};
