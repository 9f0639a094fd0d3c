/** Where a running lab keeps its state: one lab for a checkout, in a folder that ends with it. */
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheFolder } from './parts/cache.ts';

const checkout = join(import.meta.dirname, '..', '..');

/** `SLUICE_LAB_FOLDER`, for a second lab of the same checkout; else one in the folder for temporary files. */
export const labFolder = (env: NodeJS.ProcessEnv = process.env): string =>
  env['SLUICE_LAB_FOLDER'] ?? join(tmpdir(), `sluice-lab-${digest(checkout)}`);

/** Held for as long as the lab runs; in the cache, because it outlives the folder. */
export const lockOf = (folder: string): string => join(cacheFolder(), `running-${digest(folder)}.lock`);

/** Held while one of several that want a lab starts it. */
export const startLockOf = (folder: string): string => join(cacheFolder(), `starting-${digest(folder)}.lock`);

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8);
