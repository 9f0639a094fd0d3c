import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { storedPolicy, storedRelease } from '../../src/release/stored.ts';
import { must } from '../support/proxy.ts';

/** As the first version wrote it: whatever is added to records needs a value for one without. */
const firstVersion = (name: string): string =>
  readFileSync(new URL(`../fixtures/records/${name}-format-1.json`, import.meta.url), 'utf8');

const release = JSON.parse(firstVersion('release')) as Readonly<Record<string, unknown>>;

describe('a record of another version', () => {
  it('of the first one is read as it was meant: the step, the weight and the bake stay', () => {
    const read = must(storedRelease(firstVersion('release'), 'app-1'));
    expect(read).toMatchObject(release);
    expect(read.phase).toMatchObject({ phase: 'baking', step: 0, bakedMs: 600_000 });
    expect(must(storedPolicy(firstVersion('policy'), 'app'))).toMatchObject({ stable: 'v1', frozen: ['v0'] });
  });

  it('keeps what a newer one noted', () => {
    const newer = { ...release, noticed: { by: 'a newer version' } };
    expect(must(storedRelease(JSON.stringify(newer), 'app-1'))).toMatchObject(newer);
  });

  it.each([
    ['another format', { format: 2 }, /its format is 2, this version reads format 1/],
    ['a phase that is unknown here', { phase: { phase: 'mirroring' } }, /its phase "mirroring" is unknown here/],
    ['no step', { phase: { phase: 'baking', bakedMs: 1, verified: {} } }, /phase.step is missing/],
  ])('is not guessed at: %s', (_, change, message) => {
    expect(storedRelease(JSON.stringify({ ...release, ...change }), 'app-1')).toMatchObject({
      ok: false,
      error: { reason: 'StateUnreadable', message: expect.stringMatching(message) },
    });
  });
});
