/** What an instance writes: one file each, kept small, so that processes can outlive the controller and still be read. */
import { openSync } from 'node:fs';
import { copyFile, open, readdir, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';

const tailBytes = 4_096;

/** Files of instances that are gone. */
const logsKept = 40;

/** A descriptor that appends to the file, for a child's output. */
export function openLog(path: string): number {
  return openSync(path, 'a', 0o600);
}

/** Moves the content to `path.1` when it has outgrown `maxBytes`. The writer appends, so it goes on at the new end; a line may be lost. */
export async function rotateLog(path: string, maxBytes: number): Promise<void> {
  try {
    if ((await stat(path)).size <= maxBytes) return;
    await copyFile(path, `${path}.1`);
    await truncate(path, 0);
  } catch {
    // A log that can't be moved goes on growing; the disk rules say when that matters.
  }
}

/** Removes the logs of instances that are gone, all but the newest: they are what is left to read after a rollback. */
export async function pruneLogs(directory: string, inUse: readonly string[]): Promise<void> {
  try {
    const paths = (await readdir(directory)).map((name) => join(directory, name));
    const gone = paths.filter((path) => !inUse.includes(path.replace(/\.1$/, '')));
    const dated = await Promise.all(gone.map(async (path) => ({ path, at: (await stat(path)).mtimeMs })));
    dated.sort((a, b) => b.at - a.at);
    for (const { path } of dated.slice(logsKept)) await rm(path, { force: true });
  } catch {
    // Removed next time.
  }
}

/** The last lines, at most `lines` of them and 4 KiB; empty when there is no log. */
export async function logTail(path: string, lines: number): Promise<string> {
  try {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      const from = Math.max(0, size - tailBytes);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(tailBytes), 0, tailBytes, from);
      const text = buffer.toString('utf8', 0, bytesRead).trimEnd();
      return text.split('\n').slice(-lines).join('\n');
    } finally {
      await file.close();
    }
  } catch {
    return '';
  }
}
