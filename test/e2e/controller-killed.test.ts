/** The controller dies without a word, again and again, and nothing is lost, skipped, or shortened. */
import { describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { killedAtTenMoments } from '../support/killed-runs.ts';
import { needs } from '../support/needs.ts';
import { bakingAt, ended } from '../support/standing.ts';
import { startWorld } from '../support/world.ts';

describe.runIf(needs('prometheus'))('a controller that is killed', { concurrent: true, timeout: 240_000 }, () => {
  it('at ten moments of a healthy release comes to the same end, with no bake shortened', async (test) => {
    const world = await startWorld(test);
    await killedAtTenMoments(world);
  });

  it('just after the canary went bad takes it back when it is started again', async (test) => {
    const world = await startWorld(test);
    await world.start('v2');
    await world.until(bakingAt(2));
    await world.control('v2', { errorRate: 0.2 });
    await world.controller.kill();
    await eventually(() => world.failed() > 20, { withinMs: 20_000 });
    await world.controller.start();
    expect(await world.until(ended)).toMatchObject({ phase: 'rolledBack', rollback: { rule: 'error_rate' } });
    expect(world.weights()).toEqual([0, 25, 50, 0]);
  });
});
