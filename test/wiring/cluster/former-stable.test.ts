import { beforeEach, expect, it } from 'vitest';
import { systemClock } from '../../../src/lib/clock.ts';
import { ok } from '../../../src/lib/result.ts';
import { keepBaseline } from '../../../src/reconcile/baseline.ts';
import { adoptStable } from '../../../src/release/adopt-stable.ts';
import { wantedOf } from '../../../src/release/instances.ts';
import { openMemoryStore } from '../../../src/release/memory.ts';
import type { PolicyState, Store } from '../../../src/release/store.ts';
import { FormerStable } from '../../../src/wiring/cluster/former-stable.ts';
import type { Starter } from '../../../src/wiring/starter.ts';
import { aPolicy } from '../../support/a-release.ts';
import { command } from '../../support/control-room.ts';
import { MemoryWorld, productionRules } from '../../support/memory-world.ts';
import { must } from '../../support/proxy.ts';

const rules = await productionRules();

let world: MemoryWorld;
let state: PolicyState;
let store: Store;

/** v2 serves with three instances, and v1 is made stable. */
beforeEach(async () => {
  store = must(openMemoryStore());
  const options = { policy: 'app', store, clock: systemClock, rules };
  world = new MemoryWorld({ ...options, intervalMs: 1_000, perSecond: 100, compression: 1 });
  await world.workload.ensure('v2', command('two'), 3);
  await world.workload.serve('stable', 'v2', store.epoch);
  const before = aPolicy({
    stable: 'v2',
    revisions: { v1: { ...command('one'), replicas: 2 }, v2: command('two') },
  });
  const set = adoptStable(before, { revision: 'v1', who: 'ada', reason: 'orders', atMs: 1 });
  if (!set.ok) throw new Error(set.error.message);
  state = must(await store.savePolicy(set.value));
});

const idle: Pick<Starter, 'whileIdle'> = { whileIdle: (_policy, work) => work() };

const seen = async () => {
  const observed = await world.workload.observe();
  if (!observed.ok) throw new Error(observed.error.message);
  return observed.value;
};

it('users change when as many are ready as served before, and what served ends a while later', async () => {
  await world.workload.ensure('v1', command('one'), 3);
  await world.workload.lose('v1', 'v1-1', 'unready');
  const waiting = await keepBaseline(state, world.ports, { mode: 'enforce' });
  expect(waiting).toEqual({
    ok: true,
    value: ['users stay on v2 until v1 is ready: 2 of 3 instances are'],
  });
  expect((await seen()).serving.stable).toBe('v2');
  await world.workload.makeReady('v1');
  await keepBaseline(state, world.ports, { mode: 'enforce' });
  expect((await seen()).serving.stable).toBe('v1');

  const former = new FormerStable(1_000);
  const target = { standDown: async () => ok(undefined) };
  const about = { workload: world.workload, target, starter: idle, store, standing: 'down' } as const;
  const round = async (nowMs: number) => former.round(state, { ...about, seen: await seen(), nowMs });
  expect(await round(5_000)).toEqual({ ok: true, value: 'waits' });
  expect(await round(5_999)).toEqual({ ok: true, value: 'waits' });
  expect(wantedOf(await seen(), 'v2')).toBe(3);
  expect(await round(6_000)).toEqual({ ok: true, value: 'done' });
  expect(wantedOf(await seen(), 'v2')).toBe(0);
  await keepBaseline(state, world.ports, { mode: 'enforce' });
  expect(wantedOf(await seen(), 'v1')).toBe(2);
  expect(await round(60_000)).toEqual({ ok: true, value: 'done' });
  // Another one that runs later has its whole time, too.
  await world.workload.ensure('v2', command('two'), 3);
  expect(await round(70_000)).toEqual({ ok: true, value: 'waits' });
  expect(await round(71_000)).toEqual({ ok: true, value: 'done' });
});

it('what is made stable again while it waits for its end runs on', async () => {
  await keepBaseline(state, world.ports, { mode: 'enforce' });
  await keepBaseline(state, world.ports, { mode: 'enforce' });
  const former = new FormerStable(0);
  const target = { standDown: async () => ok(undefined) };
  const whileIdle: Starter['whileIdle'] = async (_policy, work) => {
    must(await store.savePolicy(must(adoptStable(state, { revision: 'v2', who: 'bob', reason: 'no', atMs: 2 }))));
    return work();
  };
  const about = { workload: world.workload, target, store, starter: { whileIdle }, standing: 'down' } as const;
  expect(await former.round(state, { ...about, seen: await seen(), nowMs: 1 })).toEqual({ ok: true, value: 'done' });
  expect(wantedOf(await seen(), 'v2')).toBe(3);
});

it('nobody is left where users get no answer: one that is ready is enough', async () => {
  for (const id of ['v2-1', 'v2-2', 'v2-3']) await world.workload.lose('v2', id, 'unready');
  await world.workload.ensure('v1', command('one'), 2);
  await world.workload.lose('v1', 'v1-1', 'unready');
  await keepBaseline(state, world.ports, { mode: 'enforce' });
  await keepBaseline(state, world.ports, { mode: 'enforce' });
  expect((await seen()).serving.stable).toBe('v1');
});
