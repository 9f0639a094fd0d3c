/** While the store could not be read nothing was judged, so that a breach in that time kept its traffic until reads worked again. */
import { expect, it } from 'vitest';
import { failed } from '../../src/lib/result.ts';
import { productionRules } from '../support/memory-world.ts';
import { SteppedLoop } from '../support/stepped-loop.ts';

const rules = await productionRules();

/** No release can be read until the function that this answers is called. */
const breakReads = ({ world }: SteppedLoop): (() => void) => {
  const { store } = world.ports;
  const read = store.release.bind(store);
  store.release = async () => failed({ reason: 'StoreUnavailable', message: 'planted', retryable: true });
  return () => {
    store.release = read;
  };
};

const tickBlindly = async (loop: SteppedLoop, times: number): Promise<void> => {
  for (let n = 0; n < times; n += 1) {
    const { request } = loop.session;
    const answer = request === null ? null : await loop.world.ports.source.read(request);
    await loop.pass(1_000, answer);
  }
};

it('takes a canary in breach to 0 without its store, and records the rule when reads work again', async () => {
  const loop = await new SteppedLoop(rules).begin();
  await loop.ticks(10, 1_000);
  expect(await loop.world.weight()).toBe(25);
  const mend = breakReads(loop);
  loop.world.errorRate['v2'] = 0.05;
  await tickBlindly(loop, 10);
  expect(await loop.world.weight()).toBe(0);
  mend();
  const ended = await loop.ticks(40, 1_000);
  expect(ended.latch).toMatchObject({ reason: 'Breach', rule: 'error_rate' });
  expect(ended.phase.phase).toBe('rolledBack');
});

it('raises nothing while its store can not be read', async () => {
  const loop = await new SteppedLoop(rules).begin({
    steps: [25, 100].map((weight) => ({ weight, bakeMs: 5_000, replicas: null })),
  });
  await loop.ticks(4, 1_000);
  expect(await loop.world.weight()).toBe(25);
  breakReads(loop);
  await tickBlindly(loop, 60);
  expect(await loop.world.weight()).toBe(25);
});
