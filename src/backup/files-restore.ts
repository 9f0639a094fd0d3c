/** Brings parts of a snapshot back: each whole or not at all, and only where it is still what was compared. */
import { chmod, chown, lstat, mkdir, readlink, rename, rm, rmdir, symlink, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { messageOf } from '../lib/message-of.ts';
import { failed, ok, type Problem, type Result } from '../lib/result.ts';
import type { FilePart } from './files-compare.ts';
import { copyFile, hashFile, syncFile } from './files-copy.ts';
import { type FileEntry, sha256, signature } from './files-manifest.ts';
import { scratchPrefix } from './files-walk.ts';
import { stuckAdvice } from './point-problems.ts';

/** Every file of the snapshot is what was verified. Fails with `BackupAltered`, before anything is written. */
export async function verifyBlobs(folder: string, entries: readonly FileEntry[]): Promise<Result<void>> {
  for (const each of entries) {
    if (each.kind !== 'file') continue;
    const sum = await hashFile(join(folder, each.blob)).catch(() => null);
    if (sum !== each.sha256) return failed(altered(each.path, sum === null ? 'gone' : 'other'));
  }
  return ok(undefined);
}

/** What comes goes first, deepest first; then directories, then what lies in them, then the rights of the directories. */
export async function restoreFiles(folder: string, parts: readonly FilePart[]): Promise<Result<void>> {
  const due = parts.filter(({ state }) => state === 'restore' || state === 'overwrite');
  const goes = due.filter(({ now, was }) => now !== null && (was === null || kindOf(now) !== was.kind));
  const comes = due.filter(({ was }) => was !== null);
  const dirs = comes.filter(({ was }) => was?.kind === 'dir');
  const rest = comes.filter(({ was }) => was?.kind !== 'dir');
  try {
    for (const part of goes.toReversed()) await takeAway(part);
    for (const { was } of dirs) if (was !== null) await mkdir(was.path, { recursive: true, mode: 0o700 });
    for (const { was } of rest) {
      const altered = was === null ? null : await lay(was, folder);
      if (altered !== null) return failed(altered);
    }
    for (const { was } of rest) if (was?.kind === 'file') await syncFile(scratchOf(was.path));
    for (const part of rest) {
      const moved = await bringBack(part);
      if (moved !== null) return failed(moved);
    }
    for (const { was } of dirs.toReversed()) if (was !== null) await giveRights(was, was.path);
    for (const path of new Set(due.map(({ name }) => dirname(name)))) await syncFile(path).catch(() => {});
    return ok(undefined);
  } catch (thrown) {
    return failed(stuck(thrown));
  }
}

const kindOf = (text: string): string => text.split(' ')[0] ?? '';

async function takeAway({ name, now }: FilePart): Promise<void> {
  if (kindOf(now ?? '') === 'dir') await rmdir(name).catch(ignoreKept);
  else await rm(name, { force: true });
}

/** Something in it stays, because somebody put it there after the release. */
const ignoreKept = (thrown: unknown): void => {
  const code = (thrown as { readonly code?: string }).code;
  if (code !== 'ENOTEMPTY' && code !== 'ENOENT') throw thrown;
};

const scratchOf = (path: string): string => join(dirname(path), `${scratchPrefix}${sha256(path).slice(0, 16)}`);

/** Beside where it belongs, with all its rights. */
async function lay(was: FileEntry, folder: string): Promise<Problem | null> {
  const scratch = scratchOf(was.path);
  await mkdir(dirname(was.path), { recursive: true });
  await rm(scratch, { force: true });
  if (was.kind === 'link') await symlink(was.target, scratch);
  if (was.kind === 'file' && (await copyFile(join(folder, was.blob), scratch)).sha256 !== was.sha256)
    return altered(was.path, 'other');
  await giveRights(was, scratch);
  return null;
}

async function bringBack({ name, now, was }: FilePart): Promise<Problem | null> {
  if (was === null) return null;
  const scratch = scratchOf(name);
  const still = await signatureAt(name);
  if (still !== now && !(still === null && kindOf(now ?? '') !== was.kind)) {
    await rm(scratch, { force: true });
    return changed(name);
  }
  await rename(scratch, name);
  return null;
}

async function giveRights(was: FileEntry, path: string): Promise<void> {
  if (process.getuid?.() === 0 && was.kind !== 'link') await chown(path, was.uid, was.gid);
  if (was.kind !== 'link') await chmod(path, was.mode);
  if (was.kind === 'file') await utimes(path, was.mtimeMs / 1000, was.mtimeMs / 1000);
}

/** null: nothing is there. */
async function signatureAt(path: string): Promise<string | null> {
  const stats = await lstat(path).catch(() => null);
  if (stats === null) return null;
  const common = { path, mode: stats.mode & 0o7777, uid: stats.uid, gid: stats.gid };
  if (stats.isSymbolicLink()) return signature({ kind: 'link', ...common, target: await readlink(path) });
  if (stats.isDirectory()) return signature({ kind: 'dir', ...common });
  const sum = await hashFile(path);
  return signature({ kind: 'file', ...common, size: stats.size, mtimeMs: stats.mtimeMs, sha256: sum, blob: '0' });
}

const altered = (path: string, how: 'gone' | 'other'): Problem => ({
  reason: 'BackupAltered',
  message: `the copy of ${path} ${how === 'gone' ? 'is gone, or can not be read' : 'is not what was verified'}: this point can not be trusted, nothing was written; choose another one with --to`,
  retryable: false,
});

const changed = (path: string): Problem => ({
  reason: 'RestoreConflict',
  message: `${path} was changed while it was restored: look at it, and restore again; what was brought back stays`,
  retryable: false,
});

const stuck = (thrown: unknown): Problem => ({
  reason: 'RestoreStuck',
  message: `${messageOf(thrown)}: ${stuckAdvice}`,
  retryable: true,
});
