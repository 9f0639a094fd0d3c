/** Copies and hashes of files on a disk, durable before they count. */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

export interface Copied {
  readonly sha256: string;
  readonly bytes: number;
  /** It was the same file, with the same size and times, after the last byte as before the first. */
  readonly isStill: boolean;
}

const chunkBytes = 1 << 20;

/** A new file with the content of another; durable after `syncFile`, which is cheap for many at once. Rejects as the disk does. */
export async function copyFile(from: string, to: string, mode = 0o600): Promise<Copied> {
  const source = await open(from, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const sink = await open(
      to,
      constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW,
      mode,
    );
    try {
      return await pour(source, sink);
    } finally {
      await sink.close();
    }
  } finally {
    await source.close();
  }
}

/** Also a directory: names in it are durable only when it is. */
export async function syncFile(path: string): Promise<void> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

export async function hashFile(path: string): Promise<string> {
  const source = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    return (await pour(source, null)).sha256;
  } finally {
    await source.close();
  }
}

async function pour(source: FileHandle, sink: FileHandle | null): Promise<Copied> {
  const before = await source.stat({ bigint: true });
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(chunkBytes);
  let bytes = 0;
  for (;;) {
    const { bytesRead } = await source.read(buffer, 0, chunkBytes, bytes);
    if (bytesRead === 0) break;
    const part = buffer.subarray(0, bytesRead);
    hash.update(part);
    if (sink !== null) await sink.appendFile(part);
    bytes += bytesRead;
  }
  const after = await source.stat({ bigint: true });
  const isStill = before.size === after.size && before.mtimeNs === after.mtimeNs && BigInt(bytes) === after.size;
  return { sha256: hash.digest('hex'), bytes, isStill };
}

export async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}
