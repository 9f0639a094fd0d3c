/** Windows and ranges against the time from one scrape to the next. */
import { formatDuration } from '../../lib/duration.ts';
import { nodesOf, rangeOf } from '../../rules/promql-selectors.ts';
import { atWord, type Finding, insideWord, type RuleSubject } from './finding.ts';
import { queryTree } from './query-selectors.ts';

/** A window of fewer scrapes stands or falls with a single one. */
const enoughScrapes = 4;
/** A rate needs two samples, and a scrape may be late. */
const fewestScrapes = 2;

const windowFinding = (subject: RuleSubject, intervalMs: number): readonly Finding[] => {
  const { rule } = subject;
  // An alert has no window.
  if (rule.sli.kind === 'alert' || rule.windowMs >= enoughScrapes * intervalMs) return [];
  const enough = formatDuration(enoughScrapes * intervalMs);
  const message = `window ${formatDuration(rule.windowMs)} is shorter than ${enoughScrapes} scrapes of ${formatDuration(intervalMs)}; write ${enough} or more`;
  return [atWord(subject, ['window'], { level: 'warning', check: 'WindowTooShort', message })];
};

const rangeFindings = (subject: RuleSubject, intervalMs: number): readonly Finding[] => {
  const query = queryTree(subject);
  if (query === null || !('query' in subject.words)) return [];
  return nodesOf(query.tree, 'MatrixSelector').flatMap((node) => {
    const rangeMs = rangeOf(node, query.text);
    if (rangeMs === null || rangeMs >= enoughScrapes * intervalMs) return [];
    const tooFew = rangeMs < fewestScrapes * intervalMs;
    const scrapes = `${tooFew ? fewestScrapes : enoughScrapes} scrapes of ${formatDuration(intervalMs)}`;
    const consequence = tooFew ? 'mostly nothing can be computed' : 'one late scrape leaves nothing to compute with';
    const enough = formatDuration(enoughScrapes * intervalMs);
    const message = `[${formatDuration(rangeMs)}] is shorter than ${scrapes}: ${consequence}; write [${enough}] or more`;
    const level = tooFew ? 'error' : 'warning';
    return [insideWord(subject, ['query'], { level, check: 'RangeTooShort', message, offset: node.from })];
  });
};

export const windowSense = (subject: RuleSubject): readonly Finding[] => {
  const { intervalMs } = subject;
  if (intervalMs === null) return [];
  return [...windowFinding(subject, intervalMs), ...rangeFindings(subject, intervalMs)];
};
