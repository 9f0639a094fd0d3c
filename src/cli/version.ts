/** `sluice version`: which Sluice this is. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { z } from 'zod';
import { runWith } from './context.ts';
import { emit } from './emit.ts';
import { exitCodes } from './exit-codes.ts';

const packageFile = new URL('../../package.json', import.meta.url);

/** As package.json has it, beside the sources and beside what is compiled from them. */
export const sluiceVersion = (): string =>
  z.object({ version: z.string() }).parse(JSON.parse(readFileSync(packageFile, 'utf8'))).version;

export const registerVersion = (program: Command): void => {
  program
    .command('version')
    .description('print the version')
    .addHelpText('after', '\nExample:\n  $ sluice version')
    .action(
      runWith(async (context) => {
        const version = sluiceVersion();
        const value = { version, node: process.versions.node };
        emit(context, { value, names: [version], lines: () => [`sluice ${version} (Node ${value.node})`] });
        return exitCodes.ok;
      }),
    );
};
