/** `sluice resume RELEASE`: let a paused release go on. */
import type { Command } from 'commander';
import { runWith } from './context.ts';
import { giveOrder, orderWords } from './order.ts';

export const registerResume = (program: Command): void => {
  program
    .command('resume')
    .description('let a paused release go on')
    .argument('<release>', 'id, beginning of an id, or policy')
    .option('--reason <text>', 'why, for the log', 'no reason given')
    .addHelpText('after', '\nExample:\n  $ sluice resume app')
    .action(
      runWith((context, name: string, { reason }: { readonly reason: string }) =>
        giveOrder(context, name, orderWords.resume(reason)),
      ),
    );
};
