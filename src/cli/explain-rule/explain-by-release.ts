/** Where a rule stands in a release: what it asks, the numbers that were seen, the verdict, and what would change it. */
import { valueText } from '../../report/format-value.ts';
import type { ReleaseView } from '../../report/release-view.ts';
import type { RuleView } from '../../report/rule-view.ts';
import type { QueriesOfRule } from '../../server/rule-queries.ts';
import type { Context } from '../context.ts';
import { emit } from '../emit.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { findRule } from './find-rule.ts';
import { queryLines } from './query-lines.ts';

export const explainByRelease = async (context: Context, name: string, release: string): Promise<ExitCode> => {
  const found = await context.api.release(release);
  if (!found.ok) return context.fail(found.error.message);
  const rule = findRule(found.value.rules, name);
  if (!rule.ok) return context.fail(rule.error);
  const asked = await context.api.queries(found.value.id);
  if (!asked.ok) return context.fail(asked.error.message);
  const queries = asked.value.rules.find((each) => each.rule === name)?.queries ?? [];
  const value = { release: found.value.id, ...rule.value, queries, falseAlarm: found.value.falseAlarm };
  emit(context, { value, names: [name], lines: () => lines(found.value, rule.value, queries) });
  return exitCodes.ok;
};

const lines = (view: ReleaseView, rule: RuleView, queries: QueriesOfRule['queries']): readonly string[] => [
  `${rule.name}: ${rule.threshold}, ${rule.alert}   (${rule.at})`,
  `  release  ${view.id}`,
  `  canary   ${valueText(rule.canary, rule.unit)}   stable ${valueText(rule.stable, rule.unit)}   limit ${rule.limitWords}`,
  `  events   ${rule.events} since the release began, ${rule.stepEvents} in this step`,
  `  verdict  ${rule.verdict ?? 'none yet'}: ${rule.message}`,
  ...(rule.take === '' ? [] : [`  takes    ${rule.take}`]),
  `  promise  ${view.falseAlarm.sentence}`,
  ...queryLines(queries),
];
