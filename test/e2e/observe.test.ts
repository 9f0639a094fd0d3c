/** Mode observe: somebody else drives, Sluice judges, says what it would do, and changes nothing, whatever splits the traffic. */

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ProxyControl } from '../../src/router/proxy-control.ts';
import { endOf } from '../support/at-end.ts';
import { eventually } from '../support/eventually.ts';
import type { TestHaproxy } from '../support/haproxy.ts';
import { startHaproxyWorld } from '../support/haproxy-world.ts';
import { needs } from '../support/needs.ts';
import { must } from '../support/proxy.ts';
import { startSampleService, type TestService } from '../support/sample-service.ts';
import { holdsFor } from '../support/standing.ts';
import { startWorld, type World } from '../support/world.ts';

/** Another program that splits the traffic. */
interface Driver {
  aim(endpoint: string): Promise<void>;
  weigh(canary: number): Promise<void>;
}

/** Over the built-in data plane's own socket. */
const proxyDriver = (world: World): Driver => {
  const control = new ProxyControl(join(world.policyDir, 'proxy.sock'));
  const post = async (path: string, body: object) => must(await control.call({ method: 'POST', path, body }));
  return {
    aim: async (endpoint) => {
      const { route } = must(await control.state());
      await post('/backends', { backend: 'canary', revision: 'v2', endpoints: [endpoint], epoch: route.epoch });
    },
    weigh: async (canary) => {
      const { route } = must(await control.state());
      await post('/weights', { release: 'theirs', epoch: route.epoch, canary, ifVersion: route.version, latch: false });
    },
  };
};

/** Over the runtime API of each. */
const haproxyDriver = (haproxies: readonly TestHaproxy[]): Driver => {
  const tell = async (line: string): Promise<void> => {
    await Promise.all(haproxies.map((each) => each.ask(line)));
  };
  return {
    aim: (endpoint) => {
      const { hostname, port } = new URL(endpoint);
      return tell(`set server app/canary1 addr ${hostname} port ${port};set server app/canary1 state ready`);
    },
    weigh: (canary) => tell(`set weight app/stable1 ${100 - canary};set weight app/canary1 ${canary}`),
  };
};

async function judgedAsDriven(world: World, canary: TestService, theirs: Driver): Promise<void> {
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
}

const versioned = (version: string) => ({ VERSION: version, LATENCY_MS: '10' });

describe.runIf(needs(['prometheus', 'haproxy']))(
  'a release that is only observed',
  { concurrent: true, timeout: 120_000 },
  () => {
    it('is judged at the weights that somebody else gives it, and a breach is said, not acted on', async (test) => {
      const world = await startWorld(test, { spec: { mode: 'observe' } });
      const canary = await startSampleService(versioned('v2'), endOf(test));
      await judgedAsDriven(world, canary, proxyDriver(world));
    });

    it('is judged through two haproxies whose weights somebody else sets, and nothing there is touched', async (test) => {
      const atEnd = endOf(test);
      const [stable, canary] = [
        await startSampleService(versioned('v1'), atEnd),
        await startSampleService(versioned('v2'), atEnd),
      ];
      const { first, second, weights, world } = await startHaproxyWorld(test, {
        // The other one of stable is none of this service, and held out.
        edit: (text) =>
          text.replace('127.0.0.1:8081', new URL(stable.url).host).replace('127.0.0.1:8082 weight 100', '$& disabled'),
        scraped: [new URL(stable.url).host],
        spec: { mode: 'observe', target: { endpoints: [stable.url], health: '/healthz', revision: 'v1' } },
      });
      await judgedAsDriven(world, canary, haproxyDriver([first, second]));
      expect(await weights()).toEqual([
        { stable1: 50, canary1: 50 },
        { stable1: 50, canary1: 50 },
      ]);
    });
  },
);
