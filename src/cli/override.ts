/** `sluice override RELEASE GATE`: go without a gate or a check that does not pass, with a reason. */
import type { Command } from 'commander';
import { runWith } from './context.ts';
import { giveOrder } from './order.ts';

export const registerOverride = (program: Command): void => {
  program
    .command('override')
    .description(
      'go on without a gate before the first traffic, or without a check; approvals and rules are never passed over by it',
    )
    .argument('<release>', 'id, beginning of an id, or policy')
    .argument('<gate>', 'its name in the policy')
    .requiredOption('--reason <text>', 'why, for the log and the report')
    .addHelpText('after', "\nExample:\n  $ sluice override app tests --reason 'flaky runner, checked by hand'")
    .action(
      runWith((context, name: string, ...[gate, { reason }]: [string, { readonly reason: string }]) =>
        giveOrder(context, name, {
          action: 'override',
          body: () => ({ gate, reason }),
          done: `goes without ${gate}:`,
        }),
      ),
    );
};
