/** `sluice pause RELEASE`: hold a release where it is, until a resume. */
import type { Command } from 'commander';
import { runWith } from './context.ts';
import { giveOrder, orderWords } from './order.ts';

export const registerPause = (program: Command): void => {
  program
    .command('pause')
    .description('hold a release where it is, until a resume')
    .argument('<release>', 'id, beginning of an id, or policy')
    .option('--reason <text>', 'why, for the log', 'no reason given')
    .addHelpText('after', "\nExample:\n  $ sluice pause app --reason 'lunch'")
    .action(
      runWith((context, name: string, { reason }: { readonly reason: string }) =>
        giveOrder(context, name, orderWords.pause(reason)),
      ),
    );
};
