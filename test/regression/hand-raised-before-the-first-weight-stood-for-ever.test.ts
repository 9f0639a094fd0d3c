/**
 * Somebody raised the weight while the canary was still being started. The release went on to its first step, whose 25 % was
 * refused because the 60 % were nobody's, at every look: the raise stood, and nothing went forward or back.
 */
import { expect, it } from 'vitest';
import { happens, scenes } from '../support/happening.ts';
import { intervalMs, ModelRun } from '../support/model-run.ts';
import { checkedPass } from '../support/oracle.ts';

it.each([60, 25])('%i percent are taken over at 0, and the step gets its own weight', async (weight) => {
  const run = await new ModelRun({ mode: 'enforce' }).start();
  const pass = { kind: 'pass', scene: 'pass', sighted: true, times: 1, dies: undefined } as const;
  await happens(run, { ...pass, ticks: 1 });
  await happens(run, { kind: 'hand', weight });
  await happens(run, { ...pass, ticks: 1 });
  await happens(run, { kind: 'lose', revision: 'v1' });
  await happens(run, { ...pass, ticks: 0 });
  for (let n = 0; n < 6; n += 1) {
    await run.makeReady();
    await checkedPass(run, { verdicts: scenes['pass']!, sighted: true, elapsedMs: intervalMs });
  }
  expect(await run.router.observe()).toMatchObject({ value: { canary: 25, release: run.release.id } });
  expect(run.release.weight).toMatchObject({ ceiling: null, contested: 1 });
  expect(run.release.pauses).toEqual([]);
});
