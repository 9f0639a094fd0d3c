import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tempDir } from '../../support/temp-dir.ts';
import { cached, cacheFolder, isCached, obtain } from './cache.ts';
import { tryLock } from './lock.ts';
import type { Part } from './part.ts';
import { progressOn } from './progress.ts';

function aPart(make: Part['make'], tools: Part['tools'] = []): Part {
  return { name: 'thing', version: 'v1', firstTime: 'a moment', tools, files: ['thing'], make };
}

function listening() {
  const heard: string[] = [];
  return { heard, progress: progressOn({ write: (text: string) => heard.push(text) }) };
}

const makesThing = aPart(async ({ folder }) => writeFileSync(join(folder, 'thing'), 'made'));

describe('the cache of parts', () => {
  it('makes a part once, says so, and answers its folder', async () => {
    const cache = await tempDir();
    const { heard, progress } = listening();
    let made = 0;
    const part = aPart(async (workshop) => {
      made += 1;
      await makesThing.make(workshop);
    });
    const folder = await obtain(part, { progress, cache });
    expect(await obtain(part, { progress, cache })).toBe(folder);
    expect(readFileSync(join(folder, 'thing'), 'utf8')).toBe('made');
    expect(made).toBe(1);
    expect(heard).toEqual([
      'lab: thing v1: making it (the first time: a moment) ...\n',
      expect.stringMatching(/^lab: thing v1: making it .*: done in \d+\.\d s\n$/),
    ]);
  });

  it('makes a part once when two ask at the same time: the second waits', async () => {
    const cache = await tempDir();
    const { heard, progress } = listening();
    let made = 0;
    const first = Promise.withResolvers<undefined>();
    const part = aPart(async (workshop) => {
      made += 1;
      first.resolve(undefined);
      await expect.poll(() => heard.join('')).toContain('another process is making it, waiting');
      await makesThing.make(workshop);
    });
    const one = obtain(part, { progress, cache });
    await first.promise;
    await Promise.all([one, obtain(part, { progress, cache })]);
    expect(made).toBe(1);
  });

  it('keeps nothing of a part that failed, and tells the end of its log', async () => {
    const cache = await tempDir();
    const { heard, progress } = listening();
    const part = aPart(async ({ folder, run }) => {
      writeFileSync(join(folder, 'thing'), 'half');
      await run(['sh', '-c', 'echo no such module >&2; exit 7']);
    });
    await expect(obtain(part, { progress, cache })).rejects.toThrow(/sh -c failed \(7\).*\n.*\nno such module$/s);
    expect(isCached(part, cache)).toBe(false);
    expect(heard.at(-1)).toMatch(/failed after/);
    await obtain(makesThing, { progress, cache });
    expect(readFileSync(join(cached(part, cache), 'thing'), 'utf8')).toBe('made');
  });

  it('clears away what a killed attempt left, and makes a folder that lacks a file anew', async () => {
    const cache = await tempDir();
    const { progress } = listening();
    await obtain(
      aPart(async ({ folder }) => {
        writeFileSync(join(folder, 'thing'), 'made');
        writeFileSync(join(folder, 'stale'), '');
      }),
      { progress, cache },
    );
    const wantsMore: Part = {
      ...aPart(async ({ folder }) => {
        for (const file of ['thing', 'other']) writeFileSync(join(folder, file), '');
      }),
      files: ['thing', 'other'],
    };
    await obtain(wantsMore, { progress, cache });
    expect(readdirSync(cached(wantsMore, cache)).sort()).toEqual(['other', 'thing']);
    expect(readdirSync(cache).filter((name) => name.includes('making'))).toEqual([]);
  });

  it('refuses a recipe that does not make what it promised', async () => {
    const cache = await tempDir();
    const part = aPart(async () => {});
    await expect(obtain(part, { ...listening(), cache })).rejects.toThrow(/made no thing/);
    expect(existsSync(cached(part, cache))).toBe(false);
  });

  it('stands where SLUICE_CACHE or XDG_CACHE_HOME say', () => {
    expect(cacheFolder({ SLUICE_CACHE: '/c', XDG_CACHE_HOME: '/x' })).toBe('/c/lab');
    expect(cacheFolder({ XDG_CACHE_HOME: '/x' })).toBe('/x/sluice/lab');
    expect(cacheFolder({})).toMatch(/\/\.cache\/sluice\/lab$/);
  });
});

describe('a lock', () => {
  it('is held by one, and free again when released', async () => {
    const file = join(await tempDir(), 'lock');
    const lock = await tryLock(file);
    expect(await tryLock(file)).toBeNull();
    await lock?.release();
    const again = await tryLock(file);
    expect(again).not.toBeNull();
    await again?.release();
  });
});
