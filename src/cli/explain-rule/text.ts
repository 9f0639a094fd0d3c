/** An explained rule in plain words, in the width that there is. */
import { valueText } from '../../report/format-value.ts';
import { unitOf } from '../../report/rule-view.ts';
import type { Rule } from '../../rules/rule.ts';
import type { RuleExplanation } from '../../tuning/explain/explain-rule.ts';
import type { MinutesRow } from '../../tuning/explain/minutes.ts';
import type { SideNow } from '../../tuning/explain/numbers-now.ts';
import { count, span } from '../../verdict/words.ts';
import { wrap } from '../render/fit.ts';
import { queryLines } from './query-lines.ts';

export interface TextOptions {
  readonly rule: Rule;
  readonly width: number;
  readonly details: 'shown' | 'hidden';
  readonly falseAlarm: string;
}

const block = (head: string, sentences: readonly string[], width: number): readonly string[] =>
  sentences.length === 0
    ? []
    : [
        head,
        ...sentences.flatMap((each) =>
          wrap(each, width - 4).map((line, index) => `  ${index === 0 ? '- ' : '  '}${line}`),
        ),
      ];

const rateText = (perSecond: number): string => `${Number(perSecond.toPrecision(3))} requests/s`;

const nowText = (rule: Rule, { name, series, value, perSecond }: SideNow): string =>
  [
    `${name === 'any' ? 'all' : name}: ${count(series)} series`,
    ...(value === null ? [] : [valueText(value, unitOf(rule))]),
    ...(perSecond === null ? [] : [rateText(perSecond)]),
  ].join(', ');

const knownFrom = {
  stated: 'as the policy says',
  history: 'learned from the last 7 days',
  assumed: 'assumed',
} as const;

const minutesText = (from: RuleExplanation['dispersion']['from'], row: MinutesRow): string => {
  const { dispersion, standing, msToConvict } = row;
  const times = ([2, 5, 10] as const).map((each) => {
    const ms = msToConvict[each];
    return `${each} times the limit ${ms === null ? 'never' : span(ms)}`;
  });
  const mark = standing === 'in force' ? ` (${knownFrom[from]})` : '';
  return `dispersion ${Number(dispersion.toPrecision(3))}${mark}: ${times.join(', ')}`;
};

const nats = ({ evidence: { convict, suspect } }: RuleExplanation): readonly string[] => [
  `convicts from ${convict.toFixed(2)} nats on (ln(rules / alpha)), suspect from ${suspect.toFixed(2)}`,
];

const noRate = 'how long it takes depends on the traffic: give it by --rate 100/s';

const delays = ({ traffic, minutes, dispersion }: RuleExplanation, { rule, width }: TextOptions): readonly string[] => {
  const isTimed = rule.judge === 'sequential' && rule.compare !== 'stable' && rule.sli.kind !== 'volume';
  if (traffic === null) return isTimed ? block('takes to convict', [noRate], width) : [];
  const head = `takes to convict at ${rateText(traffic.perSecond)}, ${traffic.weight} % on the canary`;
  return block(
    head,
    minutes.map((row) => minutesText(dispersion.from, row)),
    width,
  );
};

export const explanationLines = (told: RuleExplanation, options: TextOptions): readonly string[] => {
  const { rule, width, details, falseAlarm } = options;
  return [
    `${told.rule}: ${told.threshold}, ${told.alert}   (${told.at})`,
    ...(told.description === '' ? [] : [told.description]),
    ...block('judged by', [told.judge], width),
    ...queryLines(told.queries),
    ...block(
      'now',
      (told.now ?? []).map((side) => nowText(rule, side)),
      width,
    ),
    ...block('noticed', told.notes, width),
    ...block(told.convicts.consequence, told.convicts.when, width),
    ...block('holds when', told.holds, width),
    ...block('passes when', told.passes, width),
    ...block(
      'to change it',
      told.change.map(({ word, effect }) => `${word}: ${effect}`),
      width,
    ),
    ...delays(told, options),
    ...block('promise', [falseAlarm], width),
    ...(details === 'shown' ? block('evidence', nats(told), width) : []),
  ];
};
