/** What a rule asks its source for, as people would type it: one version after the other, or both at once. */
import { renderExpression, renderSelector } from '../rules/promql.ts';
import type { Rule } from '../rules/rule.ts';
import type { Selector, Sli } from '../rules/sli.ts';
import { armExists, armsFor } from './matching.ts';
import { totalsOf } from './past-volume.ts';
import type { Arms } from './series.ts';
import { totalQuery } from './total-query.ts';
import { bucketsOf } from './wanted-series.ts';

export interface RuleQueries {
  /** `any`: no label tells the versions apart, or whose it is is told by what the answer carries. */
  readonly version: 'canary' | 'stable' | 'any';
  readonly promql: readonly string[];
}

/** Raw series that the judge counts itself, or PromQL that the source computes; without labels: with the file's `$arm`. */
export function ruleQueries(rule: Rule, arms: Arms): readonly RuleQueries[] {
  const { sli } = rule;
  const totals = totalsOf(rule, arms);
  if (totals.length > 0) return [{ version: 'any', promql: totals.map(totalQuery) }];
  if (sli.kind === 'alert') return [{ version: 'any', promql: [renderSelector(firingSelector(sli))] }];
  const sides = (['canary', 'stable'] as const).filter((side) => armExists(arms[side]));
  if (sli.kind === 'expression') {
    const rendered = sides.map((side) => ({ version: side, promql: [renderExpression(sli.promql, arms[side])] }));
    return rendered.length > 0 ? rendered : [{ version: 'any', promql: [sli.promql] }];
  }
  const selectors = selectorsIn(sli);
  const isTold = selectors.some(({ metric }) => sides.some((side) => armExists(armsFor(arms, metric)[side])));
  if (!isTold) return [{ version: 'any', promql: selectors.map((each) => renderSelector(each)) }];
  return sides.map((side) => ({
    version: side,
    promql: selectors.map((each) => renderSelector(each, armsFor(arms, each.metric)[side])),
  }));
}

const selectorsIn = (sli: Exclude<Sli, { readonly kind: 'expression' | 'alert' }>): readonly Selector[] => {
  switch (sli.kind) {
    case 'ratio':
      return [sli.total, sli.bad];
    case 'latency':
      return [bucketsOf(sli.histogram)];
    case 'volume':
      return [sli.total];
    case 'gauge':
      return [sli.selector];
  }
};

export const firingSelector = ({ alertname, labels }: Extract<Sli, { readonly kind: 'alert' }>): Selector => ({
  metric: 'ALERTS',
  matchers: Object.entries({ alertname, alertstate: 'firing', ...labels }).map(([label, value]) => ({
    label,
    op: '=',
    value,
  })),
});
