/** What was read after a promotion, in words: a row a rule, and a sentence for each that rose. */
import { tookText, valueText } from '../format-value.ts';
import type { AfterPromotion, RuleTrend } from './after-promotion.ts';

export const afterHeads = ['rule', 'lowest', 'highest', 'last', 'limit', 'trend'] as const;

export const afterRow = (trend: RuleTrend): readonly string[] => [
  trend.rule,
  valueText(Math.min(...trend.value), trend.unit),
  valueText(Math.max(...trend.value), trend.unit),
  valueText(trend.value.at(-1) ?? null, trend.unit),
  trend.limitWords,
  trend.rise === null ? 'no rise' : `rises, ${fromTo(trend)}`,
];

const fromTo = ({ rise, unit }: RuleTrend): string =>
  `${valueText(rise?.from ?? null, unit)} to ${valueText(rise?.to ?? null, unit)}`;

/** The test it rests on is named. */
export const riseSentences = ({ promotedAtMs, rules }: AfterPromotion): readonly string[] =>
  rules.flatMap((trend) => {
    const { atMs, limitWords, rise, rule } = trend;
    if (rise === null) return [];
    const lasted = tookText((atMs.at(-1) ?? promotedAtMs) - promotedAtMs);
    const goal =
      rise.toLimitMs === null
        ? `its limit is ${limitWords}`
        : `going on like that it is at its limit, ${limitWords}, in ${tookText(rise.toLimitMs)}`;
    return [`${rule} rose from ${fromTo(trend)} in ${lasted} after the promotion (Mann-Kendall, p < 0.01); ${goal}`];
  });
