/** `sluice history [POLICY]`: earlier releases side by side, or how they change. */
import { type Command, Option } from 'commander';
import { ok, type Result } from '../lib/result.ts';
import { logCsv, logMarkdown } from '../report/deployment-log.ts';
import { type Period, periods } from '../report/trends/period.ts';
import { type Context, runWith } from './context.ts';
import { emit, jsonLines, outputWidth } from './emit.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { limitWords } from './option-values.ts';
import { historyTable } from './render/history-table.ts';
import { trendTable } from './render/trend-table.ts';

interface HistoryOptions {
  readonly limit: number;
  readonly trends?: true;
  readonly by?: Period;
}

const help = `
TOOK from the start to the end; ERRORS and SLOW: what its rules last saw of the
canary, share of failed requests and of those slower than the limit's time;
TIME: between which bounds of the histogram its p95 (or as the rule has it) lay;
HELD: stood still for another reason than its plan; BLIND: had no metrics.

With --trends, over all releases that are kept: DEPLOYED were promoted or taken
back from users, FAILED taken back (no false alarms), RESTORED IN from the first
sign of the breach to weight 0, LEAD TIME from the commit to the promotion; the
times, ERRORS, SLOW and P95 are medians. deploy/report.md says each precisely.

Examples:
  $ sluice history app
  $ sluice history app --trends --by month
  $ sluice history -o csv > deployments.csv   # or -o markdown
  $ sluice history --limit 1000 -o jsonl > deployments.jsonl`;

export const registerHistory = (program: Command): void => {
  program
    .command('history')
    .description('show earlier releases side by side: how long, how far, what their rules saw, how they ended')
    .argument('[policy]', 'policy; without it each')
    .option('--limit <count>', 'so many of the newest, 1 to 1000', limitWords(1_000), 20)
    .option('--trends', 'how they change: deployments, failures, time to restore, lead time')
    .addOption(new Option('--by <period>', 'of trends, by UTC; default: as the time that they span').choices(periods))
    .addHelpText('after', help)
    .action(runWith(history, ['csv', 'markdown', 'jsonl']));
};

const history = async (context: Context, name: string | undefined, options: HistoryOptions): Promise<ExitCode> => {
  const { by, limit, trends } = options;
  if (trends === true) return showTrends(context, name, by);
  if (by !== undefined) return context.fail('--by is for --trends');
  const found = await ofEach(context, name, (policy) => context.api.history(policy, limit));
  if (!found.ok) return context.fail(found.error.message);
  const screen = { width: outputWidth(), paint: context.paint };
  emit(context, {
    value: { histories: found.value },
    names: found.value.flatMap(({ releases }) => releases.map(({ id }) => id)),
    lines: () => found.value.flatMap((each, index) => [...(index === 0 ? [] : ['']), ...historyTable(each, screen)]),
    documents: {
      csv: () => logCsv(found.value),
      markdown: () => logMarkdown(found.value),
      jsonl: () =>
        jsonLines(found.value.flatMap(({ policy, releases }) => releases.map((each) => ({ policy, ...each })))),
    },
  });
  return exitCodes.ok;
};

const showTrends = async (context: Context, name: string | undefined, by: Period | undefined): Promise<ExitCode> => {
  if (context.format === 'csv' || context.format === 'markdown')
    return context.fail('trends come as table, json, yaml, name, jsonl; choose one with -o');
  const found = await ofEach(context, name, (policy) => context.api.trends(policy, by));
  if (!found.ok) return context.fail(found.error.message);
  const screen = { width: outputWidth(), paint: context.paint };
  emit(context, {
    value: { trends: found.value },
    names: found.value.map(({ policy }) => policy),
    lines: () => found.value.flatMap((each, index) => [...(index === 0 ? [] : ['']), ...trendTable(each, screen)]),
    documents: {
      jsonl: () =>
        jsonLines(found.value.flatMap(({ policy, periods: all }) => all.map((each) => ({ policy, ...each })))),
    },
  });
  return exitCodes.ok;
};

const ofEach = async <T>(
  { api }: Context,
  name: string | undefined,
  ask: (policy: string) => Promise<Result<T>>,
): Promise<Result<readonly T[]>> => {
  const policies = name === undefined ? await api.policies() : ok([{ name }]);
  if (!policies.ok) return policies;
  const found: T[] = [];
  for (const policy of policies.value) {
    const each = await ask(policy.name);
    if (!each.ok) return each;
    found.push(each.value);
  }
  return ok(found);
};
