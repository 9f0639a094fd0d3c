#!/usr/bin/env node
/** The `sluice` command: parses the command line, nothing else. */
import { CommanderError } from 'commander';
import { exitCodes } from './cli/exit-codes.ts';
import { nodeProblem } from './cli/node-version.ts';

/** A reader that has read enough (`sluice list | head`) is no failure. */
process.stdout.on('error', (error: NodeJS.ErrnoException) =>
  process.exit(error.code === 'EPIPE' ? exitCodes.ok : exitCodes.trouble),
);

const outdated = nodeProblem(process.version);
if (outdated !== null) {
  process.stderr.write(`sluice: ${outdated}\n`);
  process.exit(exitCodes.trouble);
}

// Only now: what it imports does not load on an old Node.
const { createProgram } = await import('./cli/program.ts');

try {
  await createProgram().parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.trouble;
}
