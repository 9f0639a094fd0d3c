/** What holds for a policy between its releases, whoever disturbed it. */
import { beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/lib/clock.ts';
import { failed } from '../../src/lib/result.ts';
import { keepBaseline, type Leaving, recallPolicy } from '../../src/reconcile/baseline.ts';
import { openMemoryStore } from '../../src/release/memory.ts';
import type { PolicyState, Store } from '../../src/release/store.ts';
import { command } from '../support/control-room.ts';
import { MemoryWorld, productionRules } from '../support/memory-world.ts';

const rules = await productionRules();
const away = { reason: 'Unreachable', message: 'away', retryable: true } as const;
const first = { revision: 'v1', spec: command('serve') };

let store: Store;
let world: MemoryWorld;
let state: PolicyState;

beforeEach(async () => {
  const opened = openMemoryStore();
  if (!opened.ok) throw new Error(opened.error.message);
  store = opened.value;
  const options = { policy: 'app', store, clock: systemClock, rules };
  world = new MemoryWorld({ ...options, intervalMs: 1_000, perSecond: 100, compression: 1 });
  const known = await recallPolicy('app', first, store);
  if (!known.ok) throw new Error(known.error.message);
  state = known.value;
});

const keep = (mode: 'enforce' | 'observe' = 'enforce') => keepBaseline(state, world.ports, { mode });
const nothingMissing = { ok: true, value: [] };

const serving = async () => {
  const seen = await world.workload.observe();
  return seen.ok ? seen.value.serving : null;
};

/** Somebody sends users to another revision behind the controller's back. */
const disturb = async (): Promise<void> => {
  await world.workload.ensure('v0', command('old'), 1);
  await world.workload.serve('canary', 'v0', store.epoch);
  world.router.interfere(30);
};

describe('the stored state', () => {
  it('begins with what the file calls stable, and stays what releases made of it', async () => {
    expect(state).toMatchObject({ stable: 'v1', revisions: { v1: first.spec }, version: 1 });
    await store.savePolicy({ ...state, stable: 'v2', previous: 'v1' });
    const again = await recallPolicy('app', first, store);
    expect(again.ok && again.value).toMatchObject({ stable: 'v2', previous: 'v1' });
  });
});

describe('stable', () => {
  it('runs and serves, and again changes nothing', async () => {
    expect(await keep()).toEqual(nothingMissing);
    expect(await serving()).toEqual({ stable: 'v1', canary: null });
    const before = await world.router.observe();
    expect(await keep()).toEqual(nothingMissing);
    expect(await world.router.observe()).toEqual(before);
  });

  it('is missed until an instance is ready', async () => {
    await keep();
    await world.workload.lose('v1', 'v1-1', 'exited');
    expect(await keep()).toEqual({ ok: true, value: ['no instance of v1 is ready yet'] });
    await world.workload.makeReady('v1');
    expect(await keep()).toEqual(nothingMissing);
  });

  it('that cannot run says why', async () => {
    await keep();
    await world.workload.lose('v1', 'v1-1', 'exited');
    await world.workload.fail('v1', { reason: 'CrashLoop', message: 'v1-1 ended 5 times' });
    expect(await keep()).toEqual({ ok: true, value: ['no instance of v1 is ready yet: v1-1 ended 5 times'] });
  });

  it('gets users when it can answer as many of them as what they are on, as long as that answers', async () => {
    await world.workload.ensure('v1', first.spec, 3);
    for (const id of ['v1-2', 'v1-3']) await world.workload.lose('v1', id, 'unready');
    state = { ...state, revisions: { v1: { ...first.spec, replicas: 3 } } };
    const taken = (own: Leaving | null) => keepBaseline(state, world.ports, { mode: 'enforce', own });
    const own = { what: 'the pods of Deployment app', wanted: 2 };
    const waits = 'users stay on the pods of Deployment app until v1 is ready: 1 of 2 instances are';
    expect(await taken(own)).toEqual({ ok: true, value: [waits] });
    expect(await serving()).toEqual({ stable: null, canary: null });
    expect(await taken(null)).toEqual(nothingMissing);
    expect(await serving()).toEqual({ stable: 'v1', canary: null });
    // What is taken over already is put back as soon as one can answer.
    expect(await taken(own)).toEqual(nothingMissing);
  });

  it('that nothing is stored of can not be brought up', async () => {
    expect(await keepBaseline({ ...state, stable: 'v9' }, world.ports, { mode: 'enforce' })).toMatchObject({
      ok: false,
      error: { reason: 'RevisionUnknown', message: expect.stringContaining('v9') },
    });
  });

  it('is not asked for before there is one', async () => {
    expect(await keepBaseline({ ...state, stable: null }, world.ports, { mode: 'enforce' })).toEqual(nothingMissing);
    expect(await serving()).toEqual({ stable: null, canary: null });
  });
});

describe('traffic that somebody moved', () => {
  it('goes back to stable', async () => {
    await keep();
    await disturb();
    expect(await keep()).toEqual(nothingMissing);
    expect(await world.weight()).toBe(0);
  });

  it('is left alone in mode observe, for whoever drives it', async () => {
    await keep('observe');
    await disturb();
    expect(await keep('observe')).toEqual(nothingMissing);
    expect(await world.weight()).toBe(30);
  });

  it('is left alone when a release that just began moved it', async () => {
    await keep();
    await world.begin('v2');
    await disturb();
    expect(await keep()).toEqual(nothingMissing);
    expect(await world.weight()).toBe(30);
  });
});

it.each([
  ['the instances', () => world.workload.inject(away)],
  [
    'the router',
    () => {
      world.router.observe = async () => {
        Reflect.deleteProperty(world.router, 'observe');
        return failed(away);
      };
    },
  ],
])('what could not be read of %s is a problem that is tried again', async (_what, disturbIt) => {
  await keep();
  disturbIt();
  expect(await keep()).toMatchObject({ ok: false, error: { reason: 'Unreachable', retryable: true } });
  expect(await keep()).toEqual(nothingMissing);
});
