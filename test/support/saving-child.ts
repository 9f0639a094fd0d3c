/** A process that opens a store and saves one release again and again; says each version once it was told that it is safe. Argument: path. */
import { openSqliteStore } from '../../src/release/sqlite.ts';
import { aRelease } from './a-release.ts';

const [path = ''] = process.argv.slice(2);
const opened = openSqliteStore({ path });
if (!opened.ok) {
  process.stdout.write(`refused ${opened.error.reason}\n`);
  process.exit(1);
}
const store = opened.value;
const found = await store.release('app-1');
if (!found.ok) {
  process.stdout.write(`unreadable ${found.error.message}\n`);
  process.exit(1);
}
let release = found.value ?? aRelease();
process.stdout.write(`open ${store.epoch} found ${release.version}\n`);
for (;;) {
  const line = { atMs: 0, kind: 'event', reason: 'Saved', message: `${release.version + 1}`, data: {} } as const;
  const saved = await store.save(release, [line]);
  if (!saved.ok) {
    process.stdout.write(`failed ${saved.error.reason}: ${saved.error.message}\n`);
    process.exit(2);
  }
  release = saved.value;
  process.stdout.write(`saved ${release.version}\n`);
  await new Promise((resolve) => setImmediate(resolve));
}
