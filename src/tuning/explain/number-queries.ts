/** What is asked about a rule of one version to show its numbers of now. */
import { firingSelector } from '../../metrics/rule-queries.ts';
import type { ArmMatch } from '../../metrics/series.ts';
import { armStandIn } from '../../rules/expression.ts';
import { renderExpression, renderSelector } from '../../rules/promql.ts';
import type { Rule } from '../../rules/rule.ts';

export interface NumberQueries {
  /** Series matched. */
  readonly series: string;
  /** The rule's number over its window, in its own unit; null: it has none of one version alone. */
  readonly value: string | null;
  /** Requests a second; null: nothing is counted. */
  readonly perSecond: string | null;
}

/** PromQL for people's eyes only: the judge counts raw samples. */
export const numberQueries = ({ sli, windowMs }: Rule, arm: ArmMatch): NumberQueries => {
  const rate = (selector: Parameters<typeof renderSelector>[0], more: ArmMatch = {}): string =>
    `sum(rate(${renderSelector(selector, { ...arm, ...more })}[${windowMs}ms]))`;
  switch (sli.kind) {
    case 'ratio': {
      const perSecond = rate(sli.total);
      return {
        series: `count(${renderSelector(sli.total, arm)})`,
        value: `(${rate(sli.bad)} or vector(0)) / ${perSecond}`,
        perSecond,
      };
    }
    case 'latency': {
      const buckets = { ...sli.histogram, metric: `${sli.histogram.metric}_bucket` };
      const bounds = [String(sli.bound), sli.bound.toFixed(1)];
      const perSecond = rate(buckets, { le: ['+Inf'] });
      return {
        series: `count(${renderSelector(buckets, arm)})`,
        value: `1 - ${rate(buckets, { le: bounds })} / ${perSecond}`,
        perSecond,
      };
    }
    case 'volume':
      return { series: `count(${renderSelector(sli.total, arm)})`, value: null, perSecond: rate(sli.total) };
    case 'gauge': {
      const selector = renderSelector(sli.selector, arm);
      return { series: `count(${selector})`, value: `${sli.aggregate}(${selector})`, perSecond: null };
    }
    case 'alert':
      return { series: `count(${renderSelector(firingSelector(sli))})`, value: null, perSecond: null };
    case 'expression': {
      const promql =
        Object.keys(arm).length === 0 ? sli.promql.replaceAll('$arm', armStandIn) : renderExpression(sli.promql, arm);
      return { series: `count(${promql})`, value: `${sli.aggregate}(${promql})`, perSecond: null };
    }
  }
};
