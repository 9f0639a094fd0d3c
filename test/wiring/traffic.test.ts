/** What a service's traffic is told to be from two readings of its metrics. */
import { beforeEach, expect, it } from 'vitest';
import { systemClock } from '../../src/lib/clock.ts';
import type { MetricSource } from '../../src/metrics/metric-source.ts';
import { openMemoryStore } from '../../src/release/memory.ts';
import { type TrafficPorts, trafficNow } from '../../src/wiring/traffic.ts';
import { MemoryWorld, productionRules } from '../support/memory-world.ts';

const rules = await productionRules();
let world: MemoryWorld;

beforeEach(async () => {
  const store = openMemoryStore();
  if (!store.ok) throw new Error(store.error.message);
  const options = { policy: 'app', store: store.value, clock: systemClock, rules };
  world = new MemoryWorld({ ...options, intervalMs: 100, perSecond: 2_000, compression: 1 });
  world.errorRate['v1'] = 0.02;
  await world.settle('v1');
});

it('is counted by the rule for errors, with the share of them', async () => {
  const traffic = await trafficNow(world.ports, rules, 'v1');
  expect(traffic?.perSecond).toBeGreaterThan(1_900);
  expect(traffic?.perSecond).toBeLessThan(2_100);
  expect(traffic?.stableRatio).toBeCloseTo(0.02, 3);
});

it('is that of the revision that is asked about', async () => {
  expect(await trafficNow(world.ports, rules, 'v7')).toBeNull();
});

it.each<readonly [string, () => TrafficPorts | Promise<TrafficPorts>]>([
  [
    'nothing answers',
    () => {
      world.isBlind = true;
      return world.ports;
    },
  ],
  [
    'the instances are not known',
    () => {
      world.workload.inject({ reason: 'Unreachable', message: 'away', retryable: true });
      return world.ports;
    },
  ],
  [
    'only one of the two readings is answered',
    () => {
      let reads = 0;
      const { source } = world.ports;
      const once: MetricSource = {
        ...source,
        read: async (request) => {
          world.isBlind = reads > 0;
          reads += 1;
          return source.read(request);
        },
      };
      return { ...world.ports, source: once };
    },
  ],
])('can not be told while %s', async (_what, make) => {
  expect(await trafficNow(await make(), rules, 'v1')).toBeNull();
});

it('can not be told without a rule that counts errors among requests', async () => {
  const others = { ...rules, rules: rules.rules.filter(({ sli }) => sli.kind !== 'ratio') };
  expect(await trafficNow(world.ports, others, 'v1')).toBeNull();
});
