/** `sluice abort RELEASE`: take all traffic back to stable, now. */
import type { Command } from 'commander';
import { runWith } from './context.ts';
import { giveOrder, orderWords } from './order.ts';

export const registerAbort = (program: Command): void => {
  program
    .command('abort')
    .description('roll a release back: all traffic to stable, now')
    .argument('<release>', 'id, beginning of an id, or policy')
    .requiredOption('--reason <text>', 'why, for the log')
    .addHelpText('after', "\nExample:\n  $ sluice abort app --reason 'support reports broken invoices'")
    .action(
      runWith((context, name: string, { reason }: { readonly reason: string }) =>
        giveOrder(context, name, orderWords.abort(reason)),
      ),
    );
};
