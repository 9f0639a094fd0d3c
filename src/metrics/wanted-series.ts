/** What has to be asked of a source so that a rule can be measured. */
import type { Rule } from '../rules/rule.ts';
import type { Matcher, Selector, Sli } from '../rules/sli.ts';
import type { Arm } from './matching.ts';
import { createdName } from './series-key.ts';
import { startMetric } from './target-view.ts';

/** Name that the level computed for a rule and arm has in the answer. */
export const expressionId = (rule: Rule, arm: Arm): string => `${rule.name}:${arm}`;

export const bucketsOf = (histogram: Selector): Selector => ({ ...histogram, metric: `${histogram.metric}_bucket` });

/** The counters that a rule adds up; none for levels. */
export function countersOf(sli: Sli): readonly Selector[] {
  switch (sli.kind) {
    case 'ratio':
      return [sli.total, sli.bad];
    case 'latency':
      return [bucketsOf(sli.histogram)];
    case 'volume':
      return sli.agoMs === undefined ? [sli.total] : [];
    case 'gauge':
    case 'expression':
    case 'alert':
      return [];
  }
}

/** Which targets are up, and since when their processes run. */
const aboutTargets: readonly Selector[] = ['up', startMetric].map((metric) => ({ metric, matchers: [] }));

/** Every raw series that the rules need, each asked for once. */
export function selectorsOf(rules: readonly Rule[]): readonly Selector[] {
  const counters = rules.flatMap(({ sli }) => countersOf(sli));
  const created = counters.map(({ metric, matchers }) => ({ metric: createdName(metric), matchers }));
  const gauges = rules.flatMap(({ sli }) => (sli.kind === 'gauge' ? [sli.selector] : []));
  return withoutCovered([...counters, ...gauges, ...created, ...aboutTargets]);
}

/** One query for `m` also answers `m{code=~"5.."}`, and sees both in the same scrape. */
function withoutCovered(selectors: readonly Selector[]): readonly Selector[] {
  return selectors.filter((each, at) =>
    selectors.every((other, otherAt) => {
      if (otherAt === at || !covers(other, each)) return true;
      return covers(each, other) && at < otherAt;
    }),
  );
}

const covers = (wide: Selector, narrow: Selector): boolean =>
  wide.metric === narrow.metric &&
  wide.matchers.every((matcher) => narrow.matchers.some((each) => isSame(matcher, each)));

const isSame = (a: Matcher, b: Matcher): boolean => a.label === b.label && a.op === b.op && a.value === b.value;
