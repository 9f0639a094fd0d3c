/** Healthy releases go all the way, and users notice nothing. */
import { describe, expect, it } from 'vitest';
import { needs } from '../support/needs.ts';
import { startWorld } from '../support/world.ts';

describe.runIf(needs('prometheus'))('a healthy release', () => {
  it('is promoted over exactly 25, 50 and 100 %, and stable is renewed', { timeout: 120_000 }, async () => {
    const world = await startWorld();
    await world.start('v2');
    const done = await world.until(({ ended }) => ended, 90_000);
    expect(done.phase).toBe('succeeded');
    expect(world.weights()).toEqual([0, 25, 50, 100, 0]);
    expect(world.failed()).toBe(0);
    expect(done.sight.source).toBe('main');
  });
});
