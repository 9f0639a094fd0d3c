/**
 * A round of upkeep that was under way when a release began took its first weight away, and the release waited for a person;
 * and what a hand had raised before the first release was never taken away.
 */
import { expect, it } from 'vitest';
import { keepBaseline } from '../../src/reconcile/baseline.ts';
import { productionRules } from '../support/memory-world.ts';
import { SteppedLoop } from '../support/stepped-loop.ts';

const rules = await productionRules();

it('leaves the weight alone that a release has by now', async () => {
  const loop = await new SteppedLoop(rules).begin();
  const { ports } = loop.world;
  const before = await ports.store.policy('app');
  if (!before.ok || before.value === null) throw new Error('no policy');
  await loop.ticks(3, 1_000);
  expect(await loop.world.weight()).toBe(25);
  expect(await keepBaseline(before.value, ports, { mode: 'enforce' })).toEqual({ ok: true, value: [] });
  expect(await loop.world.weight()).toBe(25);
});

it('takes away what nobody releases', async () => {
  const loop = new SteppedLoop(rules);
  await loop.world.settle('v1');
  const { ports } = loop.world;
  const spec = { kind: 'command', command: ['serve'], env: {}, cwd: null, healthPath: null, replicas: 1 } as const;
  await ports.workload.ensure('v2', spec, 1);
  await ports.workload.serve('canary', 'v2', ports.store.epoch);
  loop.world.router.interfere(40);
  const state = await ports.store.policy('app');
  if (!state.ok || state.value === null) throw new Error('no policy');
  await keepBaseline(state.value, ports, { mode: 'enforce' });
  expect(await loop.world.weight()).toBe(0);
});
