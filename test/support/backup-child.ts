/** A process that takes snapshots of a folder, or restores one, again and again. Arguments: take | restore, folder of snapshots, path, point. */
import { FileSnapshots } from '../../src/backup/files.ts';

const [what = '', dir = '', path = '', to = ''] = process.argv.slice(2);
const snapshots = new FileSnapshots({ dir, paths: [path], maxBytes: 1e9 });
for (let round = 1; ; round += 1) {
  process.stdout.write(`${what} ${round}\n`);
  const done =
    what === 'take'
      ? await snapshots.take({ revision: 'v1', nowMs: Date.now() })
      : await snapshots.restore({ to, overwrite: [] });
  process.stdout.write(done.ok ? `done ${round}\n` : `failed ${done.error.reason}: ${done.error.message}\n`);
  if (!done.ok || what === 'restore') break;
}
