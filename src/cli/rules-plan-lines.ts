/** `rules plan` for a person: a table a rule and level of traffic, and what would help. */
import { formatDuration } from '../lib/duration.ts';
import type { RuleForecast } from '../tuning/plan/forecast.ts';
import {
  burstLine,
  chance,
  falseAlarmLine,
  fixLines,
  headOf,
  type PlanRow,
  passLines,
  rowOf,
  warningLine,
} from '../tuning/plan/plan-words.ts';
import { wrap } from './render/fit.ts';
import { type Column, type TableOptions, table } from './render/table.ts';
import type { RulesPlan } from './rules-plan-report.ts';

const columns: readonly Column<PlanRow>[] = [
  { head: 'STEP', cell: ({ step }) => ({ text: step }), rank: 0 },
  { head: 'REQUESTS', cell: ({ requests }) => ({ text: requests }), rank: 2 },
  { head: 'HEALTHY PASSES', cell: ({ healthyPasses }) => ({ text: healthyPasses }), rank: 0 },
  { head: '2x', cell: ({ convicts }) => ({ text: convicts[0] }), rank: 0 },
  { head: '5x', cell: ({ convicts }) => ({ text: convicts[1] }), rank: 0 },
  { head: '10x', cell: ({ convicts }) => ({ text: convicts[2] }), rank: 0 },
  { head: 'SMALLEST', cell: ({ smallest }) => ({ text: smallest }), rank: 1 },
  { head: 'JUDGED', cell: ({ judged }) => ({ text: judged, tone: judged === 'yes' ? 'good' : 'care' }), rank: 0 },
];

const legend =
  'Healthy passes: the chance at the first look. 2x, 5x, 10x: how soon a canary at so many times the limit is convicted. ' +
  'Smallest: what the bake suffices to convict. Judged: it can pass and convict 10x within the bake; partly: one of them.';

export function planLines(
  { levels, plan, alpha, releases, judge, file, remarks }: RulesPlan,
  options: TableOptions,
): readonly string[] {
  const limitMs = plan.maxDurationMs;
  const unplanned = (levels[0]?.rules ?? []).flatMap((each) =>
    each.kind === 'unplanned' ? [`${each.rule.name}: ${each.why}`] : [],
  );
  return [
    ...wrap(
      `${file}: ${judge.rules} rules, confidence ${confidence(alpha)}, at most ${formatDuration(limitMs)}`,
      options.width,
    ),
    ...levels.flatMap(({ name, rules }) => rules.flatMap((each) => ruleLines(each, { name, limitMs, alpha, options }))),
    ...(unplanned.length === 0
      ? []
      : ['', 'not planned by traffic:', ...unplanned.flatMap((line) => indented(line, options))]),
    '',
    ...wrap(falseAlarmLine(alpha, releases), options.width),
    ...remarks.flatMap((remark) => wrap(remark, options.width)),
    ...wrap(legend, options.width),
  ];
}

const confidence = (alpha: number): string => `${Number(((1 - alpha) * 100).toPrecision(8))} %`;

interface Where {
  readonly name: string;
  readonly limitMs: number;
  readonly alpha: number;
  readonly options: TableOptions;
}

const indented = (line: string, { width }: TableOptions): readonly string[] =>
  wrap(line, width - 2, '  ').map((each) => `  ${each}`);

function ruleLines(each: RuleForecast, { name, limitMs, alpha, options }: Where): readonly string[] {
  if (each.kind === 'unplanned') return [];
  const rows = each.steps.map((step) => rowOf(step, limitMs));
  const warning = warningLine(each);
  const literal = `false rollback <= ${chance(alpha)} (literal rule: ${chance(each.literal)}, simulated)`;
  const notes = [literal, ...(warning === null ? [] : [warning]), ...passLines(each, limitMs)];
  const all = [burstLine(each, limitMs), ...notes, ...fixLines(each)];
  return [
    '',
    ...wrap(`${name}: ${headOf(each)}`, options.width, '  '),
    ...table(columns, rows, { ...options, width: options.width - 2 }).map((line) => `  ${line}`),
    ...all.flatMap((line) => indented(line, options)),
  ];
}
