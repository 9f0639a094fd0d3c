/** Rules that nothing measures at this service, told from one answer about stable before a release starts. */
import { armExists, armsFor, inArm, seriesTest } from '../metrics/matching.ts';
import type { Answer } from '../metrics/metric-source.ts';
import type { Arms } from '../metrics/series.ts';
import { countersOf } from '../metrics/wanted-series.ts';
import type { StartNote } from '../release/start-note.ts';
import { renderSelector } from '../rules/promql.ts';
import type { Rule } from '../rules/rule.ts';
import type { Selector } from '../rules/sli.ts';

export interface Unmeasured {
  readonly rule: Rule;
  /** The series that were looked for in vain, as PromQL. */
  readonly query: string;
}

/** `arms`: with stable as the canary. Nothing is said while the source shows no request of stable's at all: it may be new, idle, or not scraped yet. */
export function unmeasured(rules: readonly Rule[], answer: Answer, arms: Arms): readonly Unmeasured[] {
  if (answer.kind === 'failed') return [];
  const unknown = new Set(answer.failures?.flatMap(({ metrics }) => metrics));
  const wanted = rules.flatMap((rule) => {
    const selector = neededBy(rule);
    return selector === null || unknown.has(selector.metric) ? [] : [{ rule, selector }];
  });
  const own = (selector: Selector) => {
    const isWanted = seriesTest(selector);
    return answer.series.filter((each) => isWanted(each) && inArm(armsFor(arms, each.metric).canary, each.labels));
  };
  const isServing = wanted.some(
    ({ rule, selector }) => counts(rule) && own(selector).some(({ samples }) => (samples.at(-1)?.value ?? 0) > 0),
  );
  if (!isServing) return [];
  return wanted.flatMap(({ rule, selector }) => {
    const { canary } = armsFor(arms, selector.metric);
    if (!armExists(canary) || own(selector).length > 0) return [];
    return [{ rule, query: renderSelector(selector, canary) }];
  });
}

const counts = ({ sli }: Rule): boolean => sli.kind === 'ratio' || sli.kind === 'latency' || sli.kind === 'volume';

/** What must be there for a rule to be measured. A route without requests has no series, and is measured when it has some. */
function neededBy({ route, sli }: Rule): Selector | null {
  const selector = sli.kind === 'gauge' ? sli.selector : countersOf(sli)[0];
  if (route !== null || selector === undefined || selector.metric.startsWith('sluice_')) return null;
  return selector;
}

/** A release must not wait for ever for what can't be seen, nor go on without it unasked. */
export const refuses = ({ alert, dryRun, missing, sli }: Rule): boolean =>
  (sli.kind === 'ratio' || sli.kind === 'latency') && missing !== 'ignore' && !dryRun && alert !== 'info';

export const unmeasuredSentence = ({ rule, query }: Unmeasured): string =>
  refuses(rule)
    ? `${rule.name} can't be measured here: stable serves requests, and no series matches ${query}. Mend what the rule measures, or say missing: ignore`
    : `${rule.name} is not applicable here: no series matches ${query}`;

export const unmeasuredNotes = (found: readonly Unmeasured[]): readonly StartNote[] =>
  found.map((each) => ({ reason: 'NotMeasurable', rule: each.rule.name, message: unmeasuredSentence(each) }));
