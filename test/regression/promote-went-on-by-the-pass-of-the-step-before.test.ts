/** A promote without a reason, given right after a rise, went on to the next step by the pass of the step before. */
import { expect, it } from 'vitest';
import { productionRules } from '../support/memory-world.ts';
import { SteppedLoop } from '../support/stepped-loop.ts';

const rules = await productionRules();

it('waits for what the new step shows', async () => {
  const loop = await new SteppedLoop(rules, { intervalMs: 5_000 }).begin();
  while ((await loop.tick(5_000)).weight.applied !== 50);
  const baking = await loop.settle();
  expect(baking.phase).toMatchObject({ phase: 'baking', step: 1, bakedMs: 0 });
  await loop.order('promote');
  const held = await loop.settle();
  expect(held.phase).toMatchObject({ phase: 'baking', step: 1 });
  expect(held.waiting).toMatchObject({ reason: 'NoVerdict' });
  expect(await loop.world.weight()).toBe(50);
});
