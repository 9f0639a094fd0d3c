/** `sluice history [POLICY]`: earlier releases side by side. */
import type { Command } from 'commander';
import { ok, type Result } from '../lib/result.ts';
import { logCsv, logMarkdown } from '../report/deployment-log.ts';
import type { PolicyHistory } from '../report/history-view.ts';
import { type Context, runWith } from './context.ts';
import { emit, outputWidth } from './emit.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { limitWords } from './option-values.ts';
import { historyTable } from './render/history-table.ts';

interface HistoryOptions {
  readonly limit: number;
}

const help = `
TOOK from the start to the end; ERRORS and SLOW: what its rules last saw of the
canary, share of failed requests and of those slower than the limit's time;
HELD: stood still for another reason than its plan; BLIND: had no metrics.

Examples:
  $ sluice history app
  $ sluice history app --limit 100 -o json
  $ sluice history -o csv > deployments.csv   # or -o markdown`;

export const registerHistory = (program: Command): void => {
  program
    .command('history')
    .description('show earlier releases side by side: how long, how far, what their rules saw, how they ended')
    .argument('[policy]', 'policy; without it each')
    .option('--limit <count>', 'so many of the newest, 1 to 100', limitWords(100), 20)
    .addHelpText('after', help)
    .action(runWith(history, ['csv', 'markdown']));
};

const history = async (context: Context, name: string | undefined, options: HistoryOptions): Promise<ExitCode> => {
  const found = await histories(context, name, options);
  if (!found.ok) return context.fail(found.error.message);
  const screen = { width: outputWidth(), paint: context.paint };
  emit(context, {
    value: { histories: found.value },
    names: found.value.flatMap(({ releases }) => releases.map(({ id }) => id)),
    lines: () => found.value.flatMap((each, index) => [...(index === 0 ? [] : ['']), ...historyTable(each, screen)]),
    documents: { csv: () => logCsv(found.value), markdown: () => logMarkdown(found.value) },
  });
  return exitCodes.ok;
};

const histories = async (
  { api }: Context,
  name: string | undefined,
  { limit: most }: HistoryOptions,
): Promise<Result<readonly PolicyHistory[]>> => {
  const policies = name === undefined ? await api.policies() : ok([{ name }]);
  if (!policies.ok) return policies;
  const found: PolicyHistory[] = [];
  for (const policy of policies.value) {
    const each = await api.history(policy.name, most);
    if (!each.ok) return each;
    found.push(each.value);
  }
  return ok(found);
};
