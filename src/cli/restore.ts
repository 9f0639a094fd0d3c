/** `sluice restore POLICY`: bring back what a policy keeps, as a rollback point has it. What would change is shown first. */
import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { type RestoreReport, restoreLines } from '../report/restore-report.ts';
import { type Context, personHere, runWith } from './context.ts';
import { emit } from './emit.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';

interface RestoreOptions {
  readonly to?: string;
  readonly dryRun?: true;
  readonly yes?: true;
  readonly overwrite?: readonly string[];
  readonly reason?: string;
}

const help = `
What would change is shown first; on a terminal you are asked then, elsewhere
--yes says it. What somebody changed after the release ended is shown and left
alone, unless --overwrite names it. No restore while a release runs: abort it
first. Interrupted, the controller goes on with it, and the same command may be
given again. Exit code 1: something was left alone, the previous version does
not serve, an alert fires, or a check of the policy says that the data is not
sound. In a cluster (-n NAMESPACE) it is a ReleaseOrder in your own name.

Examples:
  $ sluice restore app --dry-run
  $ sluice restore app --reason 'v1.9.0 wrote broken templates'
  $ sluice restore app --to v1.8.2-20260115T115900Z-3f2a91 \\
      --overwrite /etc/app/app.yaml --yes --reason 'agreed with ops'`;

export const registerRestore = (program: Command): void => {
  program
    .command('restore')
    .description('bring back what a policy keeps, as it was at a rollback point')
    .argument('<policy>', 'policy that the controller runs')
    .option('--to <point>', 'name of the point, as `backup --list` shows it; default: the newest')
    .option('--dry-run', 'only show what would change')
    .option(
      '--overwrite <name>',
      'what may go although it was changed since; may be given again; all: everything',
      collected,
    )
    .option('--yes', 'do not ask')
    .option('--reason <text>', 'why, for the log; needed to restore')
    .addHelpText('after', help)
    .action(runWith(restore));
};

const restore = async (context: Context, policy: string, options: RestoreOptions): Promise<ExitCode> => {
  const { overwrite = [], to = null } = options;
  const order = { who: personHere(), reason: options.reason ?? '', to, overwrite };
  const planned = await context.api.restore(policy, { ...order, dryRun: true });
  if (!planned.ok) return context.fail(planned.error.message);
  if (options.dryRun === true) return told(context, planned.value);
  const due = planned.value.items.filter(({ state }) => state === 'restore' || state === 'overwrite');
  if (due.length === 0 && planned.value.items.some(({ state }) => state === 'conflict')) {
    told(context, planned.value);
    return context.fail('everything that differs was changed since: name with --overwrite what may go');
  }
  if (order.reason === '') return context.fail('restore needs --reason TEXT: it is recorded');
  if (options.yes !== true) {
    if (!(process.stdin.isTTY && process.stdout.isTTY))
      return context.fail('nothing was written: look at `restore --dry-run`, then say --yes');
    context.print(restoreLines(planned.value).join('\n'));
    if (!(await agreed(due.length))) return context.fail('nothing was written');
  }
  // The very point that was shown, whatever came since.
  const done = await context.api.restore(policy, { ...order, to: planned.value.point.id, dryRun: false });
  return done.ok ? told(context, done.value) : context.fail(done.error.message);
};

const told = (context: Context, report: RestoreReport): ExitCode => {
  emit(context, { value: report, names: [report.point.id], lines: () => restoreLines(report) });
  return report.checklist.some(({ state }) => state === 'failed') ? exitCodes.notReady : exitCodes.ok;
};

const agreed = async (count: number): Promise<boolean> => {
  const asking = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await asking.question(`restore ${count}? [y/N] `)).trim());
  } finally {
    asking.close();
  }
};

const collected = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];
