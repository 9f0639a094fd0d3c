/** `sluice answer RELEASE`: answer the investigation that a warning opened, so that the release goes on. */
import type { Command } from 'commander';
import { runWith } from './context.ts';
import { giveOrder } from './order.ts';

interface AnswerOptions {
  readonly rule?: string;
  readonly reason?: string;
  readonly note?: string;
}

export const registerAnswer = (program: Command): void => {
  program
    .command('answer')
    .description('answer the investigation of a warning, so that the release goes on (to end it: abort)')
    .argument('<release>', 'id, beginning of an id, or policy')
    .option('--reason <text>', 'what you found, for the log')
    .option('--note <text>', 'that you look at it: no answer yet, and the whole time again')
    .option('--rule <name>', 'the rule that warned; without it: all that are open')
    .addHelpText(
      'after',
      "\nExample:\n  $ sluice answer app --rule response_time_p95 --reason 'cold caches'\n  $ sluice answer app --note 'looking at it'",
    )
    .action(
      runWith(async (context, name: string, { note, reason, rule: named }: AnswerOptions) => {
        const rule = named ?? null;
        if ((note === undefined) === (reason === undefined)) return context.fail('give --reason, or --note alone');
        return giveOrder(
          context,
          name,
          note === undefined
            ? { action: 'answer', body: () => ({ reason, rule }), done: 'answered for' }
            : { action: 'note', body: () => ({ reason: note, rule }), done: 'noted for' },
        );
      }),
    );
};
