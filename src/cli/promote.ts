/** `sluice promote RELEASE`: end the bake of this step, or of all steps; each weight is still verified, and no breach is passed over. */
import type { Command } from 'commander';
import { runWith } from './context.ts';
import { giveOrder } from './order.ts';

interface PromoteOptions {
  readonly full?: true;
  readonly reason?: string;
}

export const registerPromote = (program: Command): void => {
  program
    .command('promote')
    .description('end the bake of this step, or with --full of all steps; a breach still rolls back')
    .argument('<release>', 'id, beginning of an id, or policy')
    .option('--full', 'end the bake of every step to come as well; needs --reason')
    .option('--reason <text>', 'why, for the log')
    .addHelpText('after', "\nExample:\n  $ sluice promote app --full --reason 'hotfix, checked by hand'")
    .action(
      runWith(async (context, name: string, { full, reason }: PromoteOptions) => {
        if (full && reason === undefined) return context.fail('promote --full needs --reason TEXT: it is recorded');
        const given = { full: full ?? false, ...(reason === undefined ? {} : { reason }) };
        return giveOrder(context, name, {
          action: 'promote',
          body: (view) => (full || view.step === null ? given : { ...given, step: view.step }),
          done: full ? 'ended all bakes of' : 'ended the bake of',
        });
      }),
    );
};
