/** Healthy releases go all the way, and users notice nothing. */
import { describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { needs } from '../support/needs.ts';
import { expectWholeLog } from '../support/whole-log.ts';
import { startWorld } from '../support/world.ts';

describe.runIf(needs('prometheus'))('a healthy release', { concurrent: true, timeout: 120_000 }, () => {
  it('is promoted over exactly 25, 50 and 100 %, and stable is renewed', {
    timeout: 120_000,
  }, async (test) => {
    const world = await startWorld(test);
    await world.start('v2');
    const done = await world.until(({ ended }) => ended, 90_000);
    expect(done.phase).toBe('succeeded');
    expect(world.weights()).toEqual([0, 25, 50, 100, 0]);
    expect(world.failed()).toBe(0);
    expect(done.sight.source).toBe('main');
    expectWholeLog(await world.log());
    const { length, 0: stable } = world.instances('v2');
    expect({ length, ready: stable?.ready }).toEqual({ length: 1, ready: true });
    // A release is over when the old instances are told to stop; they may take a moment for it.
    await eventually(() => world.instances('v1').length === 0);
  });

  it('is promoted by two Prometheis with offset scrapes behind a round-robin, and nothing is counted twice', async (test) => {
    const world = await startWorld(test, { prometheus: 'pair' });
    await world.start('v2', { env: { ERROR_RATE: '0.002' } });
    // In the watch the count begins anew: what counts is the most that was seen before.
    let judged = 0;
    await world.until(({ phase, rules }) => {
      judged = Math.max(judged, rules[0]?.events ?? 0);
      return phase === 'promoting' || phase === 'watching';
    }, 90_000);
    await world.until(({ ended }) => ended, 30_000);
    expect(world.weights()).toEqual([0, 25, 50, 100, 0]);
    const { succeeded = 0, failed = 0 } = world.users().versions['v2'] ?? {};
    expect(judged).toBeGreaterThan(1_000);
    expect(judged).toBeLessThanOrEqual(succeeded + failed);
  });
});
