/** Requests that a lowered weight kept from the canary were judged by the weight it had before: throughput was convicted. */
import { expect, it } from 'vitest';
import { productionRules } from '../support/memory-world.ts';
import { SteppedLoop } from '../support/stepped-loop.ts';

const rules = await productionRules();

it('does not convict the canary when a person lowered its weight', async () => {
  const loop = await new SteppedLoop(rules, { intervalMs: 15_000 }).begin();
  await loop.ticks(7, 15_000);
  loop.world.router.interfere(5);
  const lowered = await loop.tick(15_000);
  expect(lowered.weight.ceiling).toBe(5);
  expect(lowered.investigations).toEqual([]);
});
