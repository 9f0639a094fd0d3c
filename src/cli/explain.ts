/** `sluice explain RELEASE`: why it stands where it stands, what happens next and when, and what to do. */
import type { Command } from 'commander';
import { explain } from '../report/explain.ts';
import { runWith } from './context.ts';
import { emit } from './emit.ts';
import { exitCodes } from './exit-codes.ts';
import { pickRelease } from './pick-release.ts';

export const registerExplain = (program: Command): void => {
  program
    .command('explain')
    .description('say why a release stands where it stands, what happens next, and what to do')
    .argument('[release]', 'id, beginning of an id, or policy; without it the one that runs')
    .addHelpText('after', '\nExample:\n  $ sluice explain app')
    .action(
      runWith(async (context, name: string | undefined) => {
        const found = await pickRelease(context.api, name);
        if (!found.ok) return context.fail(found.error.message);
        const told = explain(found.value);
        const lines = () => [
          told.where,
          ...told.why.map((reason) => `  why:   ${reason}`),
          ...told.noticed.map((each) => `  known: ${each}`),
          `  next:  ${told.next}`,
          ...told.todo.map((command) => `  do:    ${command}`),
          ...told.may.flatMap(({ command, does }) => [`  may:   ${command}`, `           ${does}`]),
        ];
        emit(context, { value: told, names: [found.value.id], lines });
        return exitCodes.ok;
      }),
    );
};
