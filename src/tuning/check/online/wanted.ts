/** What a rule looks for in the metric source: its selectors, and which of them must have series for it to be judged. */
import type { Path } from '../../../lib/config-file/yaml-document.ts';
import { bucketsOf } from '../../../metrics/wanted-series.ts';
import type { Selector } from '../../../rules/sli.ts';
import type { RuleSubject } from '../finding.ts';
import { expressionSelectors } from '../query-selectors.ts';

export interface Wanted {
  readonly selector: Selector;
  /** Without series there is nothing to judge; failed requests may well have none. */
  readonly need: 'series' | 'labels';
  readonly word: Path;
  readonly offset: number | null;
}

export const wantedOf = (subject: RuleSubject): readonly Wanted[] => {
  const { sli } = subject.rule;
  const at = (part: string | null) => ({
    word: 'query' in subject.words ? (part === null ? ['query'] : ['query', part]) : [],
    offset: null,
  });
  switch (sli.kind) {
    case 'ratio':
      return [
        { selector: sli.total, need: 'series', ...at('total') },
        { selector: sli.bad, need: 'labels', ...at('bad') },
      ];
    case 'volume':
      return [{ selector: sli.total, need: 'series', ...at('total') }];
    case 'latency':
      return [{ selector: bucketsOf(sli.histogram), need: 'series', ...at('histogram') }];
    // That an alert is quiet leaves no series.
    case 'alert':
      return [];
    case 'gauge':
      return [{ selector: sli.selector, need: 'series', ...at(null) }];
    case 'expression':
      return expressionSelectors(subject)
        .filter(({ metric }) => metric !== '')
        .map(({ metric, matchers, offset }) => ({
          ...at(null),
          selector: { metric, matchers },
          need: 'series',
          offset: 'query' in subject.words ? offset : null,
        }));
  }
};

/** Sluice's own counters come from its parts, not from a metric source that a policy names. */
export const isMeasuredBySluice = (subject: RuleSubject): boolean =>
  wantedOf(subject).some(({ selector }) => /^sluice_(host|proxy)_/.test(selector.metric));
