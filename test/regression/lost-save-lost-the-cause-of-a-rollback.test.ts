/**
 * A rollback whose weight was written while its record could not be saved (an order came between, a full disk) was taken up
 * again as "its record was lost": without the rule and its numbers, and a revision that only made way was frozen.
 */
import { expect, it } from 'vitest';
import { failed } from '../../src/lib/result.ts';
import { supersede } from '../../src/release/supersede.ts';
import { productionRules } from '../support/memory-world.ts';
import { SteppedLoop } from '../support/stepped-loop.ts';

const rules = await productionRules();

/** The next save of a rollback fails; `first` happens just before. */
const failNextRollback = (loop: SteppedLoop, reason: string, first: () => Promise<unknown>): void => {
  const { store } = loop.world.ports;
  const save = store.save.bind(store);
  store.save = async (release, log) => {
    if (release.phase.phase !== 'rollingBack') return save(release, log);
    store.save = save;
    await first();
    return reason === 'Conflict' ? save(release, log) : failed({ reason, message: 'planted', retryable: true });
  };
};

it('keeps the rule when an order comes between', async () => {
  const loop = await new SteppedLoop(rules).begin();
  await loop.ticks(10, 1_000);
  loop.world.errorRate['v2'] = 0.05;
  failNextRollback(loop, 'Conflict', () => loop.order('pause'));
  const ended = await loop.ticks(20, 1_000);
  expect(ended.latch).toMatchObject({ reason: 'Breach', rule: 'error_rate' });
});

it('keeps the rule when the disk is full', async () => {
  const loop = await new SteppedLoop(rules).begin();
  await loop.ticks(10, 1_000);
  loop.world.errorRate['v2'] = 0.05;
  failNextRollback(loop, 'DiskFull', async () => {});
  const ended = await loop.ticks(20, 1_000);
  expect(ended.latch).toMatchObject({ reason: 'Breach', rule: 'error_rate' });
});

it('does not freeze a revision that made way', async () => {
  const loop = await new SteppedLoop(rules).begin();
  const running = await loop.ticks(10, 1_000);
  const { store } = loop.world.ports;
  const { release, log } = supersede(running, { revision: 'v3', who: 'ada', nowMs: 0 });
  await store.save(release, log);
  failNextRollback(loop, 'Conflict', () => loop.order('pause'));
  const ended = await loop.ticks(5, 1_000);
  expect(ended.phase).toMatchObject({ phase: 'failed', cause: { reason: 'Superseded' } });
  const policy = await store.policy('app');
  expect(policy.ok && policy.value?.frozen).toEqual([]);
});
