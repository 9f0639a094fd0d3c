/** kill -9 in the middle of a backup and of a restore, real processes on a real file system. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FileSnapshots } from '../../src/backup/files.ts';
import { value } from '../contract/store.ts';
import { eventually } from '../support/eventually.ts';
import { startProcess } from '../support/process.ts';
import { tempDir } from '../support/temp-dir.ts';

const child = join(import.meta.dirname, '..', 'support', 'backup-child.ts');
const run = (...words: readonly string[]) =>
  startProcess([process.execPath, '--disable-warning=ExperimentalWarning', child, ...words]);

const count = 200;
const nameOf = (n: number): string => `f${String(n).padStart(3, '0')}`;

const names = async (folder: string): Promise<readonly string[]> =>
  (await readdir(folder)).filter((name) => !name.startsWith('.'));

async function scene() {
  const root = await tempDir();
  const [app, dir] = [join(root, 'app'), join(root, 'backups')];
  await mkdir(app);
  const fill = async (text: string) => {
    for (let n = 0; n < count; n++) await writeFile(join(app, nameOf(n)), text.repeat(500));
  };
  await fill('v1');
  const contents = async (): Promise<readonly string[]> =>
    Promise.all((await names(app)).map(async (name) => (await readFile(join(app, name), 'utf8')).slice(0, 2)));
  return { app, dir, fill, contents, snapshots: new FileSnapshots({ dir, paths: [app], maxBytes: 1e9 }) };
}

it('a backup that is killed anywhere counts for nothing, and the next one clears it away', async () => {
  const { app, dir, fill, contents, snapshots } = await scene();
  for (const files of [0, 50, 190]) {
    const taking = run('take', dir, app);
    await eventually(
      async () => {
        const partial = (await readdir(dir).catch(() => [])).find((name) => name.startsWith('.partial'));
        expect(partial, taking.output()).toBeDefined();
        expect((await readdir(join(dir, partial ?? ''))).length).toBeGreaterThan(files);
      },
      { everyMs: 2 },
    );
    await taking.end('SIGKILL');
  }
  for (const point of value(await snapshots.points())) {
    expect(await snapshots.plan({ to: point.id, overwrite: [] })).toMatchObject({ ok: true });
  }
  const point = value(await snapshots.take({ revision: 'v2', nowMs: Date.now() }));
  expect((await readdir(dir)).filter((name) => name.startsWith('.'))).toEqual([]);
  await fill('v2');
  value(await snapshots.noteAfter(point.id, 1));
  value(await snapshots.restore({ to: point.id, overwrite: [] }));
  expect(new Set(await contents())).toEqual(new Set(['v1']));
});

it('a restore that is killed leaves whole files only, is known as interrupted, and goes on', async () => {
  const { app, dir, fill, contents, snapshots } = await scene();
  const { id } = value(await snapshots.take({ revision: 'v1', nowMs: 1 }));
  await fill('v2');
  value(await snapshots.noteAfter(id, 2));
  const restoring = run('restore', dir, app, id);
  await eventually(async () => expect(await contents()).toContain('v1'));
  await restoring.end('SIGKILL');
  const half = await contents();
  // Where it was too fast to be met, it is done: then there is nothing to go on with.
  if (half.includes('v2')) expect(await snapshots.interrupted()).toEqual({ to: id, overwrite: [] });
  for (const name of await names(app)) {
    expect((await readFile(join(app, name), 'utf8')).length).toBe(1000);
  }
  value(await snapshots.restore((await snapshots.interrupted()) ?? { to: id, overwrite: [] }));
  expect(await snapshots.interrupted()).toBeNull();
  expect((await readdir(app)).toSorted()).toEqual(Array.from({ length: count }, (_, n) => nameOf(n)));
  expect(new Set(await contents())).toEqual(new Set(['v1']));
});
