/** Mode observe: somebody else drives, Sluice judges, says what it would do, and changes nothing. */

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ProxyControl } from '../../src/router/proxy-control.ts';
import { endOf } from '../support/at-end.ts';
import { eventually } from '../support/eventually.ts';
import { needs } from '../support/needs.ts';
import { must } from '../support/proxy.ts';
import { startSampleService } from '../support/sample-service.ts';
import { holdsFor } from '../support/standing.ts';
import { startWorld, type World } from '../support/world.ts';

/** Another program that splits the traffic, over the data plane's own socket. */
const driverOf = (world: World) => {
  const control = new ProxyControl(join(world.policyDir, 'proxy.sock'));
  const post = async (path: string, body: object) => must(await control.call({ method: 'POST', path, body }));
  return {
    aim: async (endpoint: string) => {
      const { route } = must(await control.state());
      await post('/backends', { backend: 'canary', revision: 'v2', endpoints: [endpoint], epoch: route.epoch });
    },
    weigh: async (canary: number) => {
      const { route } = must(await control.state());
      await post('/weights', { release: 'theirs', epoch: route.epoch, canary, ifVersion: route.version, latch: false });
    },
  };
};

describe.runIf(needs('prometheus'))('a release that is only observed', { concurrent: true, timeout: 120_000 }, () => {
  it('is judged at the weights that somebody else gives it, and a breach is said, not acted on', async (test) => {
    const world = await startWorld(test, { spec: { mode: 'observe' } });
    const canary = await startSampleService({ VERSION: 'v2', LATENCY_MS: '10' }, endOf(test));
    const theirs = driverOf(world);
    await world.startEndpoints('v2', [canary.url]);
    await world.until(holdsFor('Observing'));
    await theirs.aim(canary.url);
    for (const weight of [10, 25, 40, 50]) {
      await theirs.weigh(weight);
      await world.until((view) => view.weight.applied === weight);
    }
    await world.until(({ rules }) => (rules[0]?.events ?? 0) > 300);
    expect(await world.release()).toMatchObject({ latch: null, waiting: { reason: 'Observing' } });
    await canary.control({ errorRate: 0.05 });
    const told = await world.until(holdsFor('WouldRollBack'));
    expect(told).toMatchObject({ latch: { rule: 'error_rate' }, attention: { reason: 'WouldRollBack' } });
    const failedThen = world.failed();
    await eventually(() => world.failed() > failedThen + 20, { withinMs: 20_000 });
    expect(world.weights()).toEqual([0, 10, 25, 40, 50]);
  });
});
