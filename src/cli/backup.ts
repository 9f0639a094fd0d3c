/** `sluice backup POLICY`: take a backup now, or list those that there are. */
import type { Command } from 'commander';
import type { RollbackPoint } from '../backup/snapshots.ts';
import { type Context, personHere, runWith } from './context.ts';
import { emit } from './emit.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';

interface BackupOptions {
  readonly list?: true;
  readonly reason?: string;
}

const help = `
Each release takes one by itself, before anything of it is started. This one is
for a gate that wants a younger one, or before work by hand. Where the policy
names a hook (spec.backup.hook) it backs up first what is kept elsewhere, and
the name that it answers stands in the list.

Examples:
  $ sluice backup app --reason 'before the disk is changed'
  $ sluice backup app --list`;

export const registerBackup = (program: Command): void => {
  program
    .command('backup')
    .description('back up what a policy keeps (spec.backup), read back and verified; or list the backups')
    .argument('<policy>', 'policy that the controller runs')
    .option('--list', 'only list what there is')
    .option('--reason <text>', 'why, for the log')
    .addHelpText('after', help)
    .action(runWith(backup));
};

const backup = async (context: Context, policy: string, options: BackupOptions): Promise<ExitCode> => {
  if (options.list === true) return list(context, policy);
  const taken = await context.api.backup(policy, { who: personHere(), reason: options.reason ?? '' });
  if (!taken.ok) return context.fail(taken.error.message);
  const point = taken.value;
  emit(context, { value: point, names: [point.id], lines: () => [`backed up ${line(point)}`] });
  return exitCodes.ok;
};

const list = async (context: Context, policy: string): Promise<ExitCode> => {
  const points = await context.api.backups(policy);
  if (!points.ok) return context.fail(points.error.message);
  const lines = (): readonly string[] =>
    points.value.length === 0 ? [`there is no backup of ${policy} yet`] : points.value.map(line);
  emit(context, { value: points.value, names: points.value.map(({ id }) => id), lines });
  return exitCodes.ok;
};

const line = ({ holds, id, revision, verifiedAtMs }: RollbackPoint): string =>
  `${id}: ${revision}, ${holds}, verified ${new Date(verifiedAtMs).toISOString()}`;
