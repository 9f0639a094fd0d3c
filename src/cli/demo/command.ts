/** `sluice demo`: the whole product at work on this machine in under two minutes; nothing to install, nothing left behind. */
import type { Command } from 'commander';
import { type Context, runWith } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { addDemoOptions, type DemoOptions } from './demo-options.ts';

const help = `
Starts a sample service (v1), the built-in proxy and a controller in a temporary
folder, and sends real requests through them. v2 is healthy and must be
promoted, through an outage of its metrics; v3 fails requests and must be taken
back. Exit code 0 only if all of it came out. Every process and file is gone at
the end.

Examples:
  $ sluice demo
  $ sluice demo --errors 1% --no-outage
  $ sluice demo --keep --port 7581`;

/** A controller and all that it plays with: no other command needs to load it. */
const runDemo = async (context: Context, options: DemoOptions): Promise<ExitCode> =>
  (await import('./run-demo.ts')).runDemo(context, options);

export const registerDemo = (program: Command): void => {
  addDemoOptions(program.command('demo'))
    .description('show it all on this machine: a good release promoted, a bad one taken back')
    .addHelpText('after', help)
    .action(runWith(runDemo));
};
