/** The bytes of a configuration file from disk, never more than one file may have. */
import { open, stat } from 'node:fs/promises';
import { failed, ok, type Result } from '../result.ts';
import { type FileError, fileError } from './file-error.ts';
import { startOfFile } from './line-map.ts';
import { maxFileBytes } from './source-text.ts';
import { whyUnreadable } from './why-unreadable.ts';

/** One byte more than is allowed at most, so that the cap is noticed by whoever decodes. Never rejects. */
export const readConfigFile = async (path: string): Promise<Result<Uint8Array, FileError>> => {
  try {
    // Opening a pipe would wait for a writer.
    if ((await stat(path)).isFIFO()) return failed(fileError(path, startOfFile, 'this is a pipe, not a file'));
    await using handle = await open(path, 'r');
    const bytes = Buffer.alloc(maxFileBytes + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await handle.read(bytes, length, bytes.length - length, null);
      length += bytesRead;
      if (bytesRead === 0 || length === bytes.length) return ok(bytes.subarray(0, length));
    }
  } catch (error) {
    return failed(fileError(path, startOfFile, whyUnreadable(path, error)));
  }
};
