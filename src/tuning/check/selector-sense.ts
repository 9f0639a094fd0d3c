/** Whether a rule's own selectors can measure anything, and the right thing. */
import type { Finding, RuleSubject } from './finding.ts';
import { atWord } from './finding.ts';
import { whyNothingMatches } from './never-matches.ts';
import { atSelector, type QuerySelector, querySelectors } from './query-selectors.ts';

const named = ({ metric }: QuerySelector): string => (metric === '' ? 'the selector' : metric);

const matchesNothing = (subject: RuleSubject, selector: QuerySelector): readonly Finding[] => {
  const why = whyNothingMatches(selector.matchers);
  if (why === null) return [];
  const message = `${named(selector)} can match no series: ${why}`;
  return [atSelector(subject, selector, { level: 'error', check: 'SelectorMatchesNothing', message })];
};

/** The version's labels are added to every selector. */
const fixesVersion = (subject: RuleSubject, selector: QuerySelector): readonly Finding[] => {
  const { labels } = subject;
  const fixed = selector.matchers.find(({ label, op }) => labels !== null && label in labels && op === '=');
  if (fixed === undefined) return [];
  const message = `${named(selector)} fixes ${fixed.label}, the label that tells the versions apart (metrics.labels of the policy): one version has no series then; leave it out`;
  return [atSelector(subject, selector, { level: 'warning', check: 'SelectorFixesVersion', message })];
};

const sameSeries = (a: QuerySelector, b: QuerySelector): boolean =>
  a.metric === b.metric && JSON.stringify(a.matchers) === JSON.stringify(b.matchers);

const badOfTotal = (subject: RuleSubject, selectors: readonly QuerySelector[]): readonly Finding[] => {
  const [bad, total] = selectors;
  if (subject.rule.sli.kind !== 'ratio' || bad === undefined || total === undefined) return [];
  if (sameSeries(bad, total)) {
    const message = 'bad is the same as total: every request would be bad; add what makes one bad, such as code=~"5.."';
    return [atWord(subject, bad.word, { level: 'error', check: 'BadIsTotal', message })];
  }
  if (bad.metric !== total.metric || whyNothingMatches(bad.matchers) !== null) return [];
  const why = whyNothingMatches([...total.matchers, ...bad.matchers]);
  if (why === null) return [];
  const message = `bad counts requests that are not in total: ${why}`;
  return [atWord(subject, bad.word, { level: 'error', check: 'BadNotInTotal', message })];
};

export const selectorSense = (subject: RuleSubject): readonly Finding[] => {
  const selectors = querySelectors(subject);
  return [
    ...selectors.flatMap((selector) => [...matchesNothing(subject, selector), ...fixesVersion(subject, selector)]),
    ...badOfTotal(subject, selectors),
  ];
};
