/** What is nobody's fault, or nobody sees: outages of everything at once, and of the metrics. */
import { describe, expect, it } from 'vitest';
import { needs } from '../support/needs.ts';
import { outageLongAfterTheRise, outageRightAfterTheRise, prometheusGone } from '../support/real-runs.ts';
import { bakingAt, ended } from '../support/standing.ts';
import { timeAt } from '../support/time-at.ts';
import { startWorld } from '../support/world.ts';

/** An outage within 3 s of a rise, after compression, is blamed on the rise. */
const judge = { dispersion: 1, sharedWindow: '3m' };

const longSecondStep = {
  steps: [
    { weight: 25, bake: '6m' },
    { weight: 50, bake: '12m' },
    { weight: 100, bake: '4m' },
  ],
};

describe.runIf(needs('prometheus'))('an outage', { concurrent: true, timeout: 150_000 }, () => {
  it('of both versions, long after the last raise, holds and takes nothing back', async (test) => {
    const world = await startWorld(test, { plan: longSecondStep, spec: { judge } });
    await world.start('v2');
    await outageLongAfterTheRise(world, ['v1', 'v2']);
    expect(await world.until(ended, 90_000)).toMatchObject({ phase: 'succeeded' });
    expect(world.weights()).toEqual([0, 25, 50, 100, 0]);
  });

  it('of both versions, right after a raise, is blamed on the raise', async (test) => {
    const world = await startWorld(test, { spec: { judge } });
    await outageRightAfterTheRise(world, ['v1', 'v2']);
  });

  it('of Prometheus holds, is no bake, and the same plan goes on afterwards', async (test) => {
    const world = await startWorld(test, { plan: { blindFor: '3m' } });
    await world.start('v2');
    await prometheusGone(world, 29_000);
    expect(await world.until(ended, 90_000)).toMatchObject({ phase: 'succeeded', pauses: [] });
    expect(world.weights()).toEqual([0, 25, 50, 100, 0]);
    // By the log's own word: what was seen last before the outage counts until the next answer is due.
    const log = await world.log();
    const at = (reason: string): number => log.find((entry) => entry.reason === reason)?.atMs ?? Number.NaN;
    const blind = { fromMs: at('MetricsBlind'), toMs: at('SightReturned') };
    expect(timeAt(50, world.spans(), [blind])).toBeGreaterThan(6_000);
  });

  it('of Prometheus is survived where the instances can be scraped, and a regression during it convicted', async (test) => {
    const world = await startWorld(test, { spec: { metrics: { source: 'main', fallback: 'direct', preset: 'app' } } });
    await world.start('v2');
    await world.until(bakingAt(1));
    await world.prometheus[0]?.process().end('SIGKILL');
    const fallen = await world.until(bakingAt(2));
    expect(fallen.sight).toMatchObject({ source: 'direct', blindSinceMs: null });
    expect((await world.log()).map(({ reason }) => reason)).toContain('SourceChanged');
    await world.control('v2', { errorRate: 0.05 });
    expect(await world.until(ended)).toMatchObject({ phase: 'rolledBack', rollback: { rule: 'error_rate' } });
    expect(world.weights()).toEqual([0, 25, 50, 0]);
  });
});
