/** What the metric source shows of a rule now: series, number and traffic of each version. */
import { failed, ok, type Result } from '../../lib/result.ts';
import type { MetricSource } from '../../metrics/metric-source.ts';
import type { ArmPair } from '../../metrics/series.ts';
import type { Rule } from '../../rules/rule.ts';
import { ask, countIn, seriesIn } from '../check/online/ask.ts';
import { sidesOf } from '../check/online/data-now.ts';
import { numberQueries } from './number-queries.ts';

export interface SideNow {
  readonly name: 'canary' | 'stable' | 'any';
  readonly series: number;
  /** A ratio, seconds or a level; null: nothing is there. */
  readonly value: number | null;
  readonly perSecond: number | null;
}

/** The error: the source cannot be asked, or refuses the query. */
export const numbersNow = async (
  rule: Rule,
  source: MetricSource,
  arms: ArmPair,
): Promise<Result<readonly SideNow[], string>> => {
  const now: SideNow[] = [];
  for (const { name, arm } of sidesOf(arms)) {
    const { series, value, perSecond } = numberQueries(rule, arm);
    const questions = { series, ...(value === null ? {} : { value }), ...(perSecond === null ? {} : { perSecond }) };
    const asked = await ask(source, questions);
    if (!asked.ok) return asked;
    const refused = Object.values(asked.value).find((answer) => !answer.ok);
    if (refused?.ok === false) return failed(refused.error);
    const number = (id: string): number | null => {
      const found = seriesIn(asked.value, id)[0]?.samples.at(-1)?.value;
      return found === undefined || !Number.isFinite(found) ? null : found;
    };
    now.push({ name, series: countIn(asked.value, 'series'), value: number('value'), perSecond: number('perSecond') });
  }
  return ok(now);
};
