/** The backup desk of a policy whose files are kept in the controller's state folder. */
import { join, resolve, sep } from 'node:path';
import { FileSnapshots } from '../backup/files.ts';
import { failed, ok, type Problem, type Result } from '../lib/result.ts';
import type { Policy } from '../release/policy.ts';
import { BackupDesk, type BackupDeskOptions } from './backup-desk.ts';
import { backupHook } from './backup-hook.ts';
import { noJobs, ownKey } from './check-desk.ts';

export interface FileBackupsOptions extends Omit<BackupDeskOptions, 'hook' | 'policy' | 'snapshots'> {
  readonly stateDir: string;
}

/** null: the policy keeps nothing. Fails with `BackupUnfit`. */
export function fileBackups(
  { backup, file, name, namespace }: Policy,
  options: FileBackupsOptions,
): Result<BackupDesk | null> {
  if (backup === null) return ok(null);
  const state = resolve(options.stateDir);
  const unfit = backup.paths.find((path) => holds(path, state) || holds(state, path));
  if (unfit !== undefined) return failed(inState(file, unfit, state));
  const dir = join(state, name, 'backups');
  const snapshots = new FileSnapshots({ dir, paths: backup.paths, maxBytes: backup.maxBytes });
  const hook = backupHook(backup.hook, { policy: name, namespace, readKey: ownKey, job: noJobs });
  return ok(new BackupDesk({ ...options, policy: name, snapshots, hook }));
}

const holds = (folder: string, path: string): boolean =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);

const inState = (file: string, path: string, state: string): Problem => ({
  reason: 'BackupUnfit',
  message: `${file}: spec.backup.paths: ${path} and the controller's own folder ${state} hold one another: backups are kept there, name other paths`,
  retryable: false,
});
