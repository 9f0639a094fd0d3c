/** Snapshots of files on a real file system: taken whole, verified, brought back as they were, and nothing of others overwritten. */
import { appendFile, chmod, lstat, mkdir, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileSnapshots } from '../../src/backup/files.ts';
import { sha256 } from '../../src/backup/files-manifest.ts';
import { scratchPrefix } from '../../src/backup/files-walk.ts';
import type { RestorePlan } from '../../src/backup/snapshots.ts';
import { value } from '../contract/store.ts';
import { tempDir } from '../support/temp-dir.ts';

const nothing = { to: null, overwrite: [] };

async function scene(change: { readonly maxBytes?: number } = {}) {
  const root = await tempDir();
  const app = join(root, 'app');
  const dir = join(root, 'backups');
  await mkdir(join(app, 'conf'), { recursive: true });
  await writeFile(join(app, 'conf', 'a.yaml'), 'one: 1\ntwo: 2\n');
  await writeFile(join(app, 'secret.env'), 'TOKEN=canary-token-7731\n', { mode: 0o600 });
  await symlink('conf/a.yaml', join(app, 'current'));
  const snapshots = new FileSnapshots({ dir, paths: [app], maxBytes: 1e6, ...change });
  const taken = async (revision = 'v1', nowMs = 1000) => value(await snapshots.take({ revision, nowMs }));
  const at = (...names: readonly string[]) => join(app, ...names);
  return { app, at, dir, snapshots, taken };
}

const states = ({ items }: RestorePlan) =>
  Object.fromEntries(items.filter(({ state }) => state !== 'same').map(({ name, state }) => [name, state]));

describe('a snapshot of files', () => {
  it('brings everything back as the release found it: content, rights, links, what was removed and what was made', async () => {
    const { at, snapshots, taken } = await scene();
    const point = await taken();
    expect(point).toMatchObject({ revision: 'v1', verifiedAtMs: 1000, holds: '2 files, 38 bytes' });
    await writeFile(at('conf', 'a.yaml'), 'one: 1\ntwo: 3\n');
    await chmod(at('secret.env'), 0o640);
    await rm(at('current'));
    await mkdir(at('new'));
    await writeFile(at('new', 'made'), 'x');
    value(await snapshots.noteAfter(point.id, 2000));
    const plan = value(await snapshots.plan(nothing));
    expect(plan.items.find(({ name }) => name === at('conf', 'a.yaml'))?.diff).toEqual([
      'line 2:',
      '- two: 3',
      '+ two: 2',
    ]);
    expect(await readFile(at('conf', 'a.yaml'), 'utf8')).toContain('two: 3');
    const done = value(await snapshots.restore(nothing));
    expect(new Set(Object.values(states(done)))).toEqual(new Set(['done']));
    expect(await readFile(at('conf', 'a.yaml'), 'utf8')).toBe('one: 1\ntwo: 2\n');
    expect((await lstat(at('secret.env'))).mode & 0o777).toBe(0o600);
    expect(await readlink(at('current'))).toBe('conf/a.yaml');
    expect((await readdir(at())).toSorted()).toEqual(['conf', 'current', 'secret.env']);
    expect(states(value(await snapshots.restore(nothing)))).toEqual({});
  });

  it('shows what somebody changed after the release, and overwrites it only by name', async () => {
    const { at, snapshots, taken } = await scene();
    const { id } = await taken();
    await writeFile(at('conf', 'a.yaml'), 'by the release');
    value(await snapshots.noteAfter(id, 2000));
    await writeFile(at('secret.env'), 'TOKEN=canary-token-8842\n');
    await writeFile(at('notes'), 'by hand');
    // A retry of the release tells its end again.
    value(await snapshots.noteAfter(id, 3000));
    const plan = value(await snapshots.plan(nothing));
    const conflicts = { [at('secret.env')]: 'conflict', [at('notes')]: 'conflict' };
    expect(states(plan)).toMatchObject({ ...conflicts, [at('conf', 'a.yaml')]: 'restore' });
    expect(JSON.stringify(plan)).not.toContain('canary-token');
    value(await snapshots.restore(nothing));
    expect(await readFile(at('secret.env'), 'utf8')).toContain('8842');
    expect(await readFile(at('notes'), 'utf8')).toBe('by hand');
    expect(await readFile(at('conf', 'a.yaml'), 'utf8')).toContain('one: 1');
    value(await snapshots.restore({ to: id, overwrite: [at('secret.env')] }));
    expect(await readFile(at('secret.env'), 'utf8')).toContain('7731');
    expect(await readFile(at('notes'), 'utf8')).toBe('by hand');
  });

  it('takes everything for changed by somebody else where nobody noted how the release left it', async () => {
    const { at, snapshots, taken } = await scene();
    await taken();
    await writeFile(at('conf', 'a.yaml'), 'who knows');
    expect(states(value(await snapshots.restore(nothing)))).toEqual({ [at('conf', 'a.yaml')]: 'conflict' });
    expect(states(value(await snapshots.restore({ to: null, overwrite: [at('conf')] })))).toEqual({
      [at('conf', 'a.yaml')]: 'done',
    });
  });

  it('writes nothing from a backup that was altered, and lists none whose manifest was', async () => {
    const { at, dir, snapshots, taken } = await scene();
    const { id } = await taken();
    await writeFile(at('conf', 'a.yaml'), 'by the release');
    await writeFile(at('secret.env'), 'by the release');
    value(await snapshots.noteAfter(id, 2000));
    const manifest = JSON.parse(await readFile(join(dir, id, 'manifest.json'), 'utf8')) as {
      readonly entries: readonly { readonly path: string; readonly blob?: string }[];
    };
    const blob = manifest.entries.find(({ path }) => path === at('secret.env'))?.blob ?? '';
    await appendFile(join(dir, id, blob), 'more');
    const altered = { ok: false, error: { reason: 'BackupAltered', message: expect.stringContaining('secret.env') } };
    expect(await snapshots.restore(nothing)).toMatchObject(altered);
    expect(await readFile(at('conf', 'a.yaml'), 'utf8')).toBe('by the release');
    await rm(join(dir, id, blob));
    expect(await snapshots.plan(nothing)).toMatchObject({ error: { message: expect.stringContaining('is gone') } });
    await appendFile(join(dir, id, 'manifest.json'), ' ');
    expect(value(await snapshots.points())).toEqual([]);
    expect(await snapshots.restore({ to: id, overwrite: [] })).toMatchObject({ error: { reason: 'BackupAltered' } });
    expect(await snapshots.restore({ to: '../app', overwrite: [] })).toMatchObject({
      error: { reason: 'NoRollbackPoint' },
    });
  });

  it('a restore that got stuck goes on later, unless the next point called it off', async () => {
    const { at, snapshots, taken } = await scene();
    const { id } = await taken();
    await writeFile(at('conf', 'a.yaml'), 'by the release');
    await rm(at('secret.env'));
    // A directory lies where the copy is laid.
    const scratch = `${scratchPrefix}${sha256(at('secret.env')).slice(0, 16)}`;
    await mkdir(at(scratch));
    expect(await snapshots.restore({ to: id, overwrite: ['all'] })).toMatchObject({
      error: { reason: 'RestoreStuck' },
    });
    expect(value(await snapshots.interrupted())).toEqual({ to: id, overwrite: ['all'] });
    await rm(at(scratch), { recursive: true });
    await taken('v1', 2000);
    expect(value(await snapshots.interrupted())).toBeNull();
  });

  it('keeps those of the last three revisions', async () => {
    const { snapshots, taken } = await scene();
    for (const [index, revision] of ['v1', 'v2', 'v2', 'v3', 'v4'].entries()) await taken(revision, index * 1000);
    expect(value(await snapshots.points()).map(({ revision }) => revision)).toEqual(['v4', 'v3', 'v2', 'v2']);
  });

  it('says why it can not be taken, and leaves nothing half', async () => {
    const { app, dir, snapshots } = await scene({ maxBytes: 20 });
    expect(await snapshots.take({ revision: 'v1', nowMs: 1 })).toMatchObject({ error: { reason: 'BackupTooLarge' } });
    expect(await readdir(dir)).toEqual([]);
    const other = new FileSnapshots({ dir, paths: [join(app, 'nowhere')], maxBytes: 1e6 });
    expect(await other.take({ revision: 'v1', nowMs: 1 })).toMatchObject({
      error: { reason: 'PathMissing', message: expect.stringContaining('nowhere') },
    });
    const full = new FileSnapshots({ dir: join(app, 'secret.env', 'x'), paths: [app], maxBytes: 1e6 });
    expect(await full.take({ revision: 'v1', nowMs: 1 })).toMatchObject({ error: { reason: 'DiskRefused' } });
  });

  it('is none when it is not read back as it was written', async () => {
    const { at, dir, snapshots } = await scene({ maxBytes: 1e9 });
    for (let n = 0; n < 60; n++) await writeFile(at(`z${n}`), Buffer.alloc(200_000));
    const over = new AbortController();
    let spoiled = 0;
    // A disk that keeps something else than it was given.
    const disk = (async () => {
      while (!over.signal.aborted) {
        const names: readonly string[] = await readdir(dir).catch(() => []);
        const partial = names.find((name) => name.startsWith('.partial-'));
        const blobs: readonly string[] = partial === undefined ? [] : await readdir(join(dir, partial)).catch(() => []);
        const [first, ...others] = blobs.filter((name) => /^\d+$/.test(name)).toSorted((a, b) => Number(a) - Number(b));
        if (partial === undefined || first === undefined || others.length < 5) continue;
        spoiled += await writeFile(join(dir, partial, first), 'x', { flag: 'r+' }).then(
          () => 1,
          () => 0,
        );
      }
    })();
    const taken = await snapshots.take({ revision: 'v1', nowMs: 1 });
    over.abort();
    await disk;
    expect([taken, spoiled > 0]).toMatchObject([{ error: { reason: 'BackupUnsound', retryable: true } }, true]);
    expect(!taken.ok && taken.error.message).toContain(
      'is not what was written when it is read back: look at the disk',
    );
    expect(value(await snapshots.points())).toEqual([]);
    expect(await readdir(dir)).toEqual([]);
  });

  it('notices a file that changes while it is copied', async () => {
    const { at, snapshots } = await scene({ maxBytes: 1e9 });
    await writeFile(at('busy'), Buffer.alloc(4_000_000));
    const over = new AbortController();
    const writer = (async () => {
      while (!over.signal.aborted) await appendFile(at('busy'), 'x');
    })();
    const taken = await snapshots.take({ revision: 'v1', nowMs: 1 });
    over.abort();
    await writer;
    expect(taken).toMatchObject({ error: { reason: 'FileChanged', message: expect.stringContaining('busy') } });
    expect(value(await snapshots.points())).toEqual([]);
  });
});
