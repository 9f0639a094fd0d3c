/** `sluice retry RELEASE`: begin a new release of a revision that failed. */
import type { Command } from 'commander';
import { runWith } from './context.ts';
import { giveOrder } from './order.ts';

export const registerRetry = (program: Command): void => {
  program
    .command('retry')
    .description('begin a new release of a revision that failed')
    .argument('<release>', 'id, beginning of an id, or policy')
    .option('--reason <text>', 'why, for the log', 'no reason given')
    .addHelpText('after', "\nExample:\n  $ sluice retry app --reason 'the database was down, it is up again'")
    .action(
      runWith((context, name: string, { reason }: { readonly reason: string }) =>
        giveOrder(context, name, { action: 'retry', body: () => ({ reason }), done: 'started anew as' }),
      ),
    );
};
