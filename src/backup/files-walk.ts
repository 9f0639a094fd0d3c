/** Named files and directories as they stand on a disk: links as links, everything below a directory, in a fixed order. */
import type { BigIntStats } from 'node:fs';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { failed, ok, type Problem, type Result } from '../lib/result.ts';
import { sizeText } from './files-manifest.ts';

export interface Walked {
  readonly path: string;
  readonly kind: 'file' | 'dir' | 'link';
  readonly stats: BigIntStats;
  /** Of a link. */
  readonly target: string;
}

export interface WalkLimits {
  readonly maxBytes: number;
}

const mostEntries = 50_000;

/** Of a file that is being brought back; deterministic, so that a later try takes the place of an earlier one. */
export const scratchPrefix = '.sluice-restore-';

/** Fails with `PathMissing`, `PathUnfit` or `BackupTooLarge`. Sockets, pipes and devices hold nothing, and are left out. */
export async function walk(roots: readonly string[], { maxBytes }: WalkLimits): Promise<Result<readonly Walked[]>> {
  const found: Walked[] = [];
  const due = [...roots].toReversed();
  let bytes = 0n;
  for (let path = due.pop(); path !== undefined; path = due.pop()) {
    const each = await lookAt(path);
    if (!each.ok) return each;
    if (each.value === null) continue;
    found.push(each.value);
    if (each.value.kind === 'file') bytes += each.value.stats.size;
    if (bytes > BigInt(maxBytes)) return failed(tooLarge(path, maxBytes));
    if (found.length > mostEntries) return failed(tooMany(path));
    if (each.value.kind !== 'dir') continue;
    const names = (await readdir(path)).filter((name) => !name.startsWith(scratchPrefix)).toSorted();
    due.push(...names.map((name) => join(path, name)).toReversed());
  }
  return ok(found);
}

/** null: neither file nor directory nor link. */
async function lookAt(path: string): Promise<Result<Walked | null>> {
  if (path.includes('\uFFFD')) return failed(unfit(path));
  const stats = await lstat(path, { bigint: true }).catch(() => null);
  if (stats === null) return failed(missing(path));
  if (stats.isSymbolicLink()) return ok({ path, kind: 'link', stats, target: await readlink(path) });
  if (stats.isDirectory()) return ok({ path, kind: 'dir', stats, target: '' });
  return ok(stats.isFile() ? { path, kind: 'file', stats, target: '' } : null);
}

/** Whatever changes in a file or a directory changes this. */
const momentOf = ({ kind, path, stats, target }: Walked): string =>
  [path, kind, stats.ino, stats.mode, stats.size, stats.mtimeNs, stats.ctimeNs, target].join(' ');

/** The first path that is not what it was; null: all are. */
export function changedIn(before: readonly Walked[], after: readonly Walked[]): string | null {
  const moments = new Set(before.map(momentOf));
  const other = after.find((each) => !moments.has(momentOf(each)));
  if (other !== undefined) return other.path;
  const now = new Set(after.map(({ path }) => path));
  return before.find(({ path }) => !now.has(path))?.path ?? null;
}

const problem = (reason: string, message: string): Problem => ({ reason, message, retryable: true });

const missing = (path: string): Problem =>
  problem('PathMissing', `${path} is not there, or may not be looked at: make it, or take it out of backup.paths`);

const unfit = (path: string): Problem =>
  problem('PathUnfit', `${path}: its name is no UTF-8, and could not be given back: rename it, or name other paths`);

const tooLarge = (path: string, maxBytes: number): Problem =>
  problem('BackupTooLarge', `with ${path} it is more than ${sizeText(maxBytes)}: name less, or raise backup.maxSize`);

const tooMany = (path: string): Problem =>
  problem('BackupTooLarge', `with ${path} it is more than ${mostEntries} files and directories: name less`);
