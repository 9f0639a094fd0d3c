import { chmodSync, readdirSync, statSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { openSqliteStore } from '../../src/release/sqlite.ts';
import { storeContract, value } from '../contract/store.ts';
import { aPolicy, aRelease } from '../support/a-release.ts';
import { startProcess } from '../support/process.ts';
import { tempDir } from '../support/temp-dir.ts';

const savingChild = join(import.meta.dirname, '..', 'support', 'saving-child.ts');

storeContract('the SQLite store', async () => {
  const path = join(await tempDir(), 'state', 'sluice.db');
  return { open: (options) => openSqliteStore({ path, ...options }) };
});

const numbers = (text: string, word: string): readonly number[] =>
  [...text.matchAll(new RegExp(`${word} (\\d+)\\n`, 'g'))].map(([, number]) => Number(number));

describe('the SQLite store, killed', () => {
  it('loses nothing that it said was saved, whenever kill -9 comes, and frees its lock', async () => {
    const path = join(await tempDir(), 'sluice.db');
    let promised = 0;
    for (let round = 1; round <= 6; round += 1) {
      const child = startProcess([process.execPath, '--disable-warning=ExperimentalWarning', savingChild, path]);
      await child.says(new RegExp(`found \\d+\\n(saved \\d+\\n){${round * 3}}`));
      expect(numbers(child.output(), 'found')[0]).toBeGreaterThanOrEqual(promised);
      await child.end('SIGKILL');
      promised = numbers(child.output(), 'saved').at(-1)!;
    }
    const store = value(openSqliteStore({ path }));
    const found = value(await store.release('app-1'))!;
    expect(found.version).toBeGreaterThanOrEqual(promised);
    expect(found.version).toBeLessThanOrEqual(promised + 1);
    expect(store.epoch).toBe(7);
    const lines = value(await store.log('app-1', 1_000_000)).map(({ message }) => Number(message));
    expect(lines).toEqual(Array.from({ length: found.version }, (_, n) => n + 1));
    await store.close();
  });

  it('lets no second process in while the first lives', async () => {
    const path = join(await tempDir(), 'sluice.db');
    const child = startProcess([process.execPath, '--disable-warning=ExperimentalWarning', savingChild, path]);
    await child.says(/saved 2/);
    const second = openSqliteStore({ path });
    expect(second).toMatchObject({ ok: false, error: { reason: 'StoreInUse' } });
    expect(!second.ok && second.error.message).toContain('another Sluice owns this file');
    await child.end('SIGKILL');
    await value(openSqliteStore({ path })).close();
  });

  it('answers a full disk with a problem, keeps what it had, and goes on when there is room', async () => {
    const path = join(await tempDir(), 'sluice.db');
    const command = `trap '' XFSZ; ulimit -f 300; exec "$0" --disable-warning=ExperimentalWarning "$@"`;
    const child = startProcess(['/bin/bash', '-c', command, process.execPath, savingChild, path]);
    expect(await child.exited).toBe(2);
    const said = child.output();
    expect(said).toMatch(/failed (DiskFull|StoreFailed): store .*sluice\.db: /);
    const store = value(openSqliteStore({ path }));
    const found = value(await store.release('app-1'))!;
    expect(found.version).toBe(numbers(said, 'saved').at(-1));
    expect((await store.save(found, [])).ok).toBe(true);
    await store.close();
  });
});

describe('the SQLite store, where it cannot work', () => {
  it('says so when the path is a folder', async () => {
    const path = join(await tempDir(), 'folder');
    await mkdir(path);
    expect(openSqliteStore({ path })).toMatchObject({ ok: false, error: { reason: 'StoreUnreachable' } });
  });

  it('says so when the folder cannot be made', async () => {
    const file = join(await tempDir(), 'file');
    await writeFile(file, '');
    const opened = openSqliteStore({ path: join(file, 'sluice.db') });
    expect(opened).toMatchObject({ ok: false, error: { reason: 'StoreUnreachable' } });
    expect(!opened.ok && opened.error.message).toContain(file);
  });

  it('refuses a file that is no database, and leaves it alone', async () => {
    const path = join(await tempDir(), 'notes.txt');
    await writeFile(
      path,
      'milk, eggs, a longer text than any header of a database file would ever need to be\n'.repeat(20),
    );
    expect(openSqliteStore({ path })).toMatchObject({ ok: false, error: { reason: 'StoreCorrupt' } });
  });

  it('refuses tables of another version', async () => {
    const path = join(await tempDir(), 'sluice.db');
    await value(openSqliteStore({ path })).close();
    const db = new DatabaseSync(path);
    db.exec('PRAGMA user_version = 7');
    db.close();
    const opened = openSqliteStore({ path });
    expect(opened).toMatchObject({ ok: false, error: { reason: 'StateUnreadable' } });
    expect(!opened.ok && opened.error.message).toContain('version 7');
  });
});

/** Changes a stored document behind the store's back. */
function tamper(
  path: string,
  table: 'release' | 'policy',
  change: (document: Record<string, unknown>) => unknown,
): void {
  const db = new DatabaseSync(path);
  const row = db.prepare(`SELECT rowid, document FROM ${table} ORDER BY rowid`).get();
  const changed = change(JSON.parse(String(row?.['document'])) as Record<string, unknown>);
  const document = typeof changed === 'string' ? changed : JSON.stringify(changed);
  db.prepare(`UPDATE ${table} SET document = ? WHERE rowid = ?`).run(
    document,
    Number(row?.['rowid'] ?? row?.['number']),
  );
  db.close();
}

describe('a record that cannot be read', () => {
  it.each([
    ['another format', (it: Record<string, unknown>) => ({ ...it, format: 2 }), 'format is 2'],
    ['an unknown phase', (it: Record<string, unknown>) => ({ ...it, phase: { phase: 'canarying' } }), '"canarying"'],
    [
      'a phase without its clock',
      (it: Record<string, unknown>) => ({ ...it, phase: { phase: 'preparing' } }),
      'phase.spentMs',
    ],
    ['a missing field', (it: Record<string, unknown>) => ({ ...it, latch: undefined }), 'latch is missing'],
    [
      'a weight without its ceiling',
      (it: Record<string, unknown>) => ({ ...it, weight: { desired: 25 } }),
      'weight.applied',
    ],
    [
      'a step beyond its plan',
      (it: Record<string, unknown>) => ({
        ...it,
        phase: { phase: 'shifting', step: 7, waitedMs: 0, spentMs: 0, bakedMs: 0 },
      }),
      'step 7',
    ],
    ['half a document', (it: Record<string, unknown>) => JSON.stringify(it).slice(0, 100), 'no JSON object'],
    [
      'a prototype for a phase',
      (it: Record<string, unknown>) => ({ ...it, phase: { phase: 'constructor' } }),
      '"constructor"',
    ],
  ])('%s: no default is taken, and it is listed', async (_what, change, says) => {
    const path = join(await tempDir(), 'sluice.db');
    const before = value(openSqliteStore({ path }));
    await before.save(aRelease(), []);
    await before.save(aRelease({ id: 'fine' }), []);
    await before.close();
    tamper(path, 'release', change);
    const store = value(openSqliteStore({ path }));
    const read = await store.release('app-1');
    expect(read).toMatchObject({ ok: false, error: { reason: 'StateUnreadable', retryable: false } });
    expect(!read.ok && read.error.message).toContain(says);
    expect(value(await store.unreadable()).map(({ id }) => id)).toEqual(['app-1']);
    expect(value(await store.releases({})).map(({ id }) => id)).toEqual(['fine']);
    await store.close();
  });

  it('one from before rules had a dispersion of their own goes on as it was begun', async () => {
    const path = join(await tempDir(), 'sluice.db');
    const before = value(openSqliteStore({ path }));
    await before.save(aRelease(), []);
    await before.close();
    const { alpha, beta, phi, changePoint, sharedWindowMs } = aRelease().judge;
    const judge = { alpha, beta, phi, changePoint, sharedWindowMs, onShared: 'rollback', onWorse: 'hold', rules: 2 };
    const unknownThen = { dispersion: undefined, notes: undefined, calledFalseAlarm: undefined };
    tamper(path, 'release', (it) => ({ ...it, ...unknownThen, judge }));
    const store = value(openSqliteStore({ path }));
    expect(value(await store.release('app-1'))).toMatchObject({
      dispersion: {},
      notes: [],
      calledFalseAlarm: null,
      judge,
    });
    await store.close();
  });

  it('a policy without its frozen revisions is refused, too', async () => {
    const path = join(await tempDir(), 'sluice.db');
    const before = value(openSqliteStore({ path }));
    await before.savePolicy(aPolicy());
    await before.close();
    tamper(path, 'policy', (it) => ({ ...it, frozen: undefined }));
    const store = value(openSqliteStore({ path }));
    expect(await store.policy('app')).toMatchObject({ ok: false, error: { reason: 'StateUnreadable' } });
    await store.close();
  });
});

it('is for its owner alone, and so is what one from before left', async () => {
  const folder = await tempDir();
  const path = join(folder, 'sluice.db');
  for (const before of [null, 0o644]) {
    if (before !== null) chmodSync(path, before);
    const opened = openSqliteStore({ path });
    if (!opened.ok) throw new Error(opened.error.message);
    value(await opened.value.save(aRelease({ id: `app-${String(before)}`, version: 0 }), []));
    const modes = readdirSync(folder).map((name) => [name, statSync(join(folder, name)).mode & 0o777]);
    expect(modes).toEqual(
      expect.arrayContaining([
        ['sluice.db', 0o600],
        ['sluice.db-wal', 0o600],
      ]),
    );
    expect(modes.every(([, mode]) => mode === 0o600)).toBe(true);
    await opened.value.close();
  }
});
