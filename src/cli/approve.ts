/** `sluice approve RELEASE --as NAME`: give one of the approvals that a release waits for, or take it back. */
import type { Command } from 'commander';
import { runWith } from './context.ts';
import { giveOrder } from './order.ts';

interface ApproveOptions {
  readonly as: string;
  readonly revoke?: true;
  readonly reason?: string;
}

const help = `
Who may give it stands in the policy, by the names of the controller's token
file; your own token shows who you are. It is for this release alone, and can be
taken back until the first traffic.

Examples:
  $ sluice --token-file ~/.sluice-token approve app --as security
  $ sluice approve app --as security --revoke --reason 'CVE found'`;

export const registerApprove = (program: Command): void => {
  program
    .command('approve')
    .description('give an approval that a release waits for before its first traffic; --revoke takes it back')
    .argument('<release>', 'id, beginning of an id, or policy')
    .requiredOption('--as <name>', 'which one: technical, security, business ...')
    .option('--revoke', 'take it back')
    .option('--reason <text>', 'why, for the log')
    .addHelpText('after', help)
    .action(
      runWith((context, name: string, { as: approval, revoke, reason = '' }: ApproveOptions) =>
        giveOrder(context, name, {
          action: 'approve',
          body: () => ({ approval, reason, revoke: revoke === true }),
          done: revoke === true ? `took back the approval ${approval} of` : `approved, as ${approval},`,
        }),
      ),
    );
};
