/**
 * Takes a snapshot of files: nothing of it counts before all of it was written and read back.
 *
 *   .partial-ID ─► copies ─► nothing changed meanwhile? ─► manifest ─► read back ─► verified ─► renamed to ID
 *        └── killed anywhere before: removed by the next one
 */
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { failed, ok, type Problem, type Result } from '../lib/result.ts';
import { copyFile, hashFile, syncFile, writeDurably } from './files-copy.ts';
import type { FileEntry, FileManifest } from './files-manifest.ts';
import { changedIn, type Walked, walk } from './files-walk.ts';

export interface FileTaking {
  /** Where snapshots are kept. */
  readonly dir: string;
  readonly id: string;
  readonly revision: string;
  readonly roots: readonly string[];
  readonly maxBytes: number;
  readonly nowMs: number;
  readonly notes?: readonly string[];
}

const attempts = 3;

export const partialPrefix = '.partial-';

export async function takeFiles(taking: FileTaking): Promise<Result<void>> {
  for (let attempt = 1; ; attempt++) {
    const taken = await tryTaking(taking);
    if (taken.ok || taken.error.reason !== 'FileChanged' || attempt === attempts) return taken;
  }
}

async function tryTaking(taking: FileTaking): Promise<Result<void>> {
  const { dir, id } = taking;
  const partial = join(dir, `${partialPrefix}${id}`);
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true, mode: 0o700 });
  const copied = await copyAll(taking, partial);
  const sound = copied.ok ? await readBack(partial, copied.value) : copied;
  if (!sound.ok) {
    await rm(partial, { recursive: true, force: true });
    return sound;
  }
  await writeDurably(join(partial, 'verified.json'), JSON.stringify({ atMs: taking.nowMs, manifest: sound.value }));
  await syncFile(partial);
  await rename(partial, join(dir, id));
  await syncFile(dir);
  return ok(undefined);
}

async function copyAll(taking: FileTaking, partial: string): Promise<Result<FileManifest>> {
  const { id, maxBytes, notes = [], nowMs, revision, roots } = taking;
  const before = await walk(roots, { maxBytes });
  if (!before.ok) return before;
  const entries: FileEntry[] = [];
  for (const each of before.value) {
    const entry = await copied(each, { partial, blob: String(entries.length) });
    if (!entry.ok) return entry;
    entries.push(entry.value);
  }
  const after = await walk(roots, { maxBytes });
  if (!after.ok) return after;
  const changed = changedIn(before.value, after.value);
  if (changed !== null) return failed(moved(changed));
  for (const each of entries) if (each.kind === 'file') await syncFile(join(partial, each.blob));
  const said = notes.length === 0 ? {} : { notes: [...notes] };
  const manifest: FileManifest = { format: 1, id, revision, takenAtMs: nowMs, roots: [...roots], entries, ...said };
  await writeDurably(join(partial, 'manifest.json'), JSON.stringify(manifest));
  return ok(manifest);
}

async function copied(
  { kind, path, stats, target }: Walked,
  { blob, partial }: { readonly partial: string; readonly blob: string },
): Promise<Result<FileEntry>> {
  const common = { path, mode: Number(stats.mode & 0o7777n), uid: Number(stats.uid), gid: Number(stats.gid) };
  if (kind === 'dir') return ok({ kind, ...common });
  if (kind === 'link') return ok({ kind, ...common, target });
  const { bytes, isStill, sha256: hash } = await copyFile(path, join(partial, blob));
  if (!isStill) return failed(moved(path));
  return ok({ kind, ...common, size: bytes, mtimeMs: Number(stats.mtimeNs / 1_000_000n), sha256: hash, blob });
}

/** What was written is what was read; answers the manifest's checksum. */
async function readBack(partial: string, { entries }: FileManifest): Promise<Result<string>> {
  for (const each of entries) {
    if (each.kind !== 'file') continue;
    if ((await hashFile(join(partial, each.blob))) !== each.sha256) return failed(unsound(each.path));
  }
  return ok(await hashFile(join(partial, 'manifest.json')));
}

const problem = (reason: string, message: string): Problem => ({ reason, message, retryable: true });

const moved = (path: string): Problem =>
  problem(
    'FileChanged',
    `${path} changed while it was copied, ${attempts} times: back up what stands still, or stop who writes it`,
  );

const unsound = (path: string): Problem =>
  problem('BackupUnsound', `the copy of ${path} is not what was written when it is read back: look at the disk`);
