/** A snapshot of files against the disk of now: what is the same, what the release changed, and what somebody changed after it. */
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ok, type Result } from '../lib/result.ts';
import { hashFile } from './files-copy.ts';
import { type After, type FileEntry, signature } from './files-manifest.ts';
import { type Walked, walk } from './files-walk.ts';
import { lineDiff } from './line-diff.ts';
import { isNamed, type RestoreItem } from './snapshots.ts';

export interface FilePart extends RestoreItem {
  /** As it was; null: it was not there. */
  readonly was: FileEntry | null;
  /** Signature of now; null: it is not there. */
  readonly now: string | null;
}

export interface Comparing {
  readonly roots: readonly string[];
  readonly entries: readonly FileEntry[];
  /** How the release left them; null: nobody noted it. */
  readonly after: After | null;
  readonly overwrite: readonly string[];
  readonly maxBytes: number;
  /** Folder of the snapshot, for the content of its files. */
  readonly folder: string;
}

/** By path. Roots that are gone are left out. */
export async function signaturesNow(
  roots: readonly string[],
  maxBytes: number,
): Promise<Result<ReadonlyMap<string, FileEntry>>> {
  const there = await Promise.all(roots.map(async (root) => ((await isThere(root)) ? [root] : [])));
  const walked = await walk(there.flat(), { maxBytes });
  if (!walked.ok) return walked;
  const found = new Map<string, FileEntry>();
  for (const each of walked.value) found.set(each.path, await entryOf(each));
  return ok(found);
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

async function entryOf({ kind, path, stats, target }: Walked): Promise<FileEntry> {
  const common = { path, mode: Number(stats.mode & 0o7777n), uid: Number(stats.uid), gid: Number(stats.gid) };
  if (kind === 'dir') return { kind, ...common };
  if (kind === 'link') return { kind, ...common, target };
  const mtimeMs = Number(stats.mtimeNs / 1_000_000n);
  return { kind, ...common, size: Number(stats.size), mtimeMs, sha256: await hashFile(path), blob: '0' };
}

/** In the order of the snapshot, then what came since. */
export async function compareFiles(comparing: Comparing): Promise<Result<readonly FilePart[]>> {
  const now = await signaturesNow(comparing.roots, comparing.maxBytes);
  if (!now.ok) return now;
  const known = new Set(comparing.entries.map(({ path }) => path));
  const parts: FilePart[] = [];
  for (const was of comparing.entries) parts.push(await partOf(was, now.value.get(was.path), comparing));
  for (const [path, is] of now.value) {
    if (known.has(path)) continue;
    const state = stateOf(path, signature(is), comparing);
    parts.push({ name: path, was: null, now: signature(is), state, diff: ['was not there: is removed'] });
  }
  return ok(parts);
}

async function partOf(was: FileEntry, is: FileEntry | undefined, comparing: Comparing): Promise<FilePart> {
  const now = is === undefined ? null : signature(is);
  const base = { name: was.path, was, now };
  if (now === signature(was)) return { ...base, state: 'same', diff: [] };
  return { ...base, state: stateOf(was.path, now, comparing), diff: await diffOf(was, is, comparing.folder) };
}

/** What is as the release left it is the release's; everything else was changed by somebody after it. */
function stateOf(path: string, now: string | null, { after, overwrite }: Comparing): RestoreItem['state'] {
  const left = after?.signatures[path] ?? null;
  if (after !== null && left === now) return 'restore';
  return isNamed(path, overwrite) ? 'overwrite' : 'conflict';
}

const mostShown = 64_000;

/** Others may not read it: what is in it is nobody's to print. */
const isSecret = ({ mode }: FileEntry): boolean => (mode & 0o004) === 0;

async function diffOf(was: FileEntry, is: FileEntry | undefined, folder: string): Promise<readonly string[]> {
  if (is === undefined) return ['is gone: comes back'];
  if (was.kind !== is.kind) return [`is a ${is.kind}, was a ${was.kind}`];
  const rights = was.mode === is.mode ? [] : [`rights ${is.mode.toString(8)} -> ${was.mode.toString(8)}`];
  if (was.kind === 'link' && is.kind === 'link') return [`-> ${is.target} was -> ${was.target}`];
  if (was.kind !== 'file' || is.kind !== 'file' || was.sha256 === is.sha256) return rights;
  if (isSecret(was) || isSecret(is)) return ['changed', ...rights];
  if (was.size > mostShown || is.size > mostShown) return [`changed, ${is.size} -> ${was.size} bytes`, ...rights];
  const [before, now] = await Promise.all([readFile(join(folder, was.blob)), readFile(is.path)]);
  const isText = !before.includes(0) && !now.includes(0);
  return [...(isText ? lineDiff(now.toString('utf8'), before.toString('utf8')) : ['changed']), ...rights];
}
