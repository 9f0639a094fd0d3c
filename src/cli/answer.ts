/** `sluice answer RELEASE`: answer the investigation that a warning opened, so that the release goes on. */
import type { Command } from 'commander';
import { runWith } from './context.ts';
import { giveOrder } from './order.ts';

interface AnswerOptions {
  readonly rule?: string;
  readonly reason: string;
}

export const registerAnswer = (program: Command): void => {
  program
    .command('answer')
    .description('answer the investigation of a warning, so that the release goes on (to end it: abort)')
    .argument('<release>', 'id, beginning of an id, or policy')
    .requiredOption('--reason <text>', 'what you found, for the log')
    .option('--rule <name>', 'the rule that warned; without it: all that are open')
    .addHelpText('after', "\nExample:\n  $ sluice answer app --rule response_time_p95 --reason 'cold caches'")
    .action(
      runWith((context, name: string, { rule, reason }: AnswerOptions) =>
        giveOrder(context, name, {
          action: 'answer',
          body: () => ({ reason, rule: rule ?? null }),
          done: 'answered for',
        }),
      ),
    );
};
