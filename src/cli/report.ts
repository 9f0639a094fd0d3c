/** `sluice report RELEASE`: the deployment report, as Markdown. */
import type { Command } from 'commander';
import { summary } from '../report/summary.ts';
import { runWith } from './context.ts';
import { emit } from './emit.ts';
import { exitCodes } from './exit-codes.ts';
import { pickRelease } from './pick-release.ts';

export const registerReport = (program: Command): void => {
  program
    .command('report')
    .description('print the deployment report of a release, as Markdown')
    .argument('[release]', 'id, beginning of an id, or policy; without it the one that runs, or the newest')
    .addHelpText('after', '\nExample:\n  $ sluice report app > report.md')
    .action(
      runWith(async (context, name: string | undefined) => {
        const found = await pickRelease(context.api, name);
        if (!found.ok) return context.fail(found.error.message);
        const view = found.value;
        const log = await context.api.log(view.id, 0);
        if (!log.ok) return context.fail(log.error.message);
        const { entries } = log.value;
        const lines = () => [summary(view, entries).trimEnd()];
        emit(context, { value: { release: view, log: entries }, names: [view.id], lines });
        return exitCodes.ok;
      }),
    );
};
