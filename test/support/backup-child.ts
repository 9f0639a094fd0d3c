/**
 * A process that takes a snapshot of a folder, or restores one, and is killed by SIGKILL in the middle of it: while a copy is under way,
 * or while some of the files are back. Arguments: take | restore, folder of snapshots, folder of files, how many files, point.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FileSnapshots } from '../../src/backup/files.ts';

const [what = '', dir = '', path = '', files = '', to = ''] = process.argv.slice(2);

const progress = (): number => {
  if (what === 'restore')
    return readdirSync(path).filter(
      (name) => !name.startsWith('.') && readFileSync(join(path, name), 'utf8').startsWith('v1'),
    ).length;
  const partial = readdirSync(dir).find((name) => name.startsWith('.partial'));
  return partial === undefined ? 0 : readdirSync(join(dir, partial)).length;
};

const look = (): void => {
  try {
    if (progress() > Number(files)) process.kill(process.pid, 'SIGKILL');
  } catch {
    // Not there yet.
  }
  setImmediate(look);
};

const snapshots = new FileSnapshots({ dir, paths: [path], maxBytes: 1e9 });
look();
if (what === 'take') await snapshots.take({ revision: 'v1', nowMs: Date.now() });
else await snapshots.restore({ to, overwrite: [] });
process.exit(0);
