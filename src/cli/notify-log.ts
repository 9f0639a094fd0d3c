/** `sluice notify log`: what each target of notifications was sent, when, and what came of it. */
import type { Command } from 'commander';
import { ok, type Result } from '../lib/result.ts';
import { type Context, runWith } from './context.ts';
import { emit, outputWidth } from './emit.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { notifyCommand } from './notify-command.ts';
import { limitWords } from './option-values.ts';
import { deliveryTable } from './render/delivery-table.ts';

interface LogOptions {
  readonly limit: number;
  readonly policy?: string;
  readonly release?: string;
}

const help = `
RESULT: sent; trying (not taken yet, and tried again); failed (refused, or tried
for as long as it was worth it); dropped (the queue was full, or the controller
ended). TRIES: times that it was sent. The last 500 of each policy are kept,
over restarts, too.

Examples:
  $ sluice notify log
  $ sluice notify log --release app-3f2a
  $ sluice notify log --policy app --limit 500 -o json`;

export const registerNotifyLog = (program: Command): void => {
  notifyCommand(program)
    .command('log')
    .description('show what each target of notifications was sent, newest first')
    .option('--release <name>', 'only about this release: an id, the beginning of one, or a policy')
    .option('--policy <name>', 'only about releases of this policy')
    .option('--limit <count>', 'so many of the newest, 1 to 1000', limitWords(1_000), 100)
    .addHelpText('after', help)
    .action(runWith(showLog));
};

const showLog = async (context: Context, options: LogOptions): Promise<ExitCode> => {
  const release = await releaseId(context, options.release);
  if (!release.ok) return context.fail(release.error.message);
  const { limit, policy } = options;
  const listed = await context.api.deliveries({
    limit,
    ...(policy === undefined ? {} : { policy }),
    ...(release.value === null ? {} : { release: release.value }),
  });
  if (!listed.ok) return context.fail(listed.error.message);
  const screen = { width: outputWidth(), paint: context.paint };
  emit(context, {
    value: { deliveries: listed.value },
    names: listed.value.map(({ notice }) => notice),
    lines: () => deliveryTable(listed.value, screen),
  });
  return exitCodes.ok;
};

const releaseId = async ({ api }: Context, name: string | undefined): Promise<Result<string | null>> => {
  if (name === undefined) return ok(null);
  const found = await api.release(name);
  return found.ok ? ok(found.value.id) : found;
};
