/** `sluice retry RELEASE`: begin a new release of a revision that failed. */
import type { Command } from 'commander';
import { runWith } from './context.ts';
import { giveOrder } from './order.ts';

const help = `
A reason that begins with false-alarm says that the release had been healthy: it
is recorded on it, and counted.

Examples:
  $ sluice retry app --reason 'the database was down, it is up again'
  $ sluice retry app --reason 'false-alarm: the load test hit it'`;

export const registerRetry = (program: Command): void => {
  program
    .command('retry')
    .description('begin a new release of a revision that failed')
    .argument('<release>', 'id, beginning of an id, or policy')
    .option('--reason <text>', 'why, for the log', 'no reason given')
    .addHelpText('after', help)
    .action(
      runWith((context, name: string, { reason }: { readonly reason: string }) =>
        giveOrder(context, name, { action: 'retry', body: () => ({ reason }), done: 'started anew as' }),
      ),
    );
};
