/** A directory of one test, removed when the test is over. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AtEnd, atTestEnd } from './at-end.ts';

/** Makes an empty directory and answers its path; it is removed with all it holds at the end. */
export async function tempDir(atEnd: AtEnd = atTestEnd): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'sluice-test-'));
  atEnd(() => rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 }));
  return path;
}
