/** kill -9 in the middle of a backup and of a restore: real processes on a real file system. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FileSnapshots } from '../../src/backup/files.ts';
import { value } from '../contract/store.ts';
import { startProcess } from '../support/process.ts';
import { tempDir } from '../support/temp-dir.ts';

const child = join(import.meta.dirname, '..', 'support', 'backup-child.ts');

const count = 30;
const nameOf = (n: number): string => `f${String(n).padStart(3, '0')}`;

async function scene() {
  const root = await tempDir();
  const [app, dir] = [join(root, 'app'), join(root, 'backups')];
  await mkdir(app);
  const fill = async (text: string) => {
    for (let n = 0; n < count; n++) await writeFile(join(app, nameOf(n)), text.repeat(500));
  };
  await fill('v1');
  const contents = async (): Promise<readonly string[]> => {
    const names = (await readdir(app)).filter((name) => !name.startsWith('.'));
    return Promise.all(names.map((name) => readFile(join(app, name), 'utf8')));
  };
  /** Answers how it ended. */
  const killed = (what: 'take' | 'restore', files: number, point = '') =>
    startProcess([
      process.execPath,
      '--disable-warning=ExperimentalWarning',
      child,
      what,
      dir,
      app,
      String(files),
      point,
    ]).exited;
  return { app, dir, fill, contents, killed, snapshots: new FileSnapshots({ dir, paths: [app], maxBytes: 1e9 }) };
}

it('a backup that is killed anywhere counts for nothing, and the next one clears it away', async () => {
  const { dir, fill, contents, killed, snapshots } = await scene();
  for (const files of [0, 10, count]) expect(await killed('take', files)).toBe('SIGKILL');
  expect(value(await snapshots.points())).toEqual([]);
  expect(await snapshots.plan({ to: null, overwrite: [] })).toMatchObject({ error: { reason: 'NoRollbackPoint' } });
  const point = value(await snapshots.take({ revision: 'v1', nowMs: Date.now() }));
  expect(await readdir(dir)).toEqual([point.id]);
  await fill('v2');
  value(await snapshots.noteAfter(point.id, 1));
  value(await snapshots.restore({ to: point.id, overwrite: [] }));
  expect(new Set(await contents())).toEqual(new Set(['v1'.repeat(500)]));
});

it('a restore that is killed leaves whole files only, is known as interrupted, and goes on', async () => {
  const { app, fill, contents, killed, snapshots } = await scene();
  const { id } = value(await snapshots.take({ revision: 'v1', nowMs: 1 }));
  await fill('v2');
  value(await snapshots.noteAfter(id, 2));
  for (const files of [0, 10]) expect(await killed('restore', files, id)).toBe('SIGKILL');
  const whole = new Set(['v1', 'v2'].map((text) => text.repeat(500)));
  for (const text of await contents()) expect(whole).toContain(text);
  const due = value(await snapshots.interrupted());
  expect(due).toEqual({ to: id, overwrite: [] });
  if (due === null) return;
  value(await snapshots.restore(due));
  expect(value(await snapshots.interrupted())).toBeNull();
  expect((await readdir(app)).toSorted()).toEqual(Array.from({ length: count }, (_, n) => nameOf(n)));
  expect(new Set(await contents())).toEqual(new Set(['v1'.repeat(500)]));
});
