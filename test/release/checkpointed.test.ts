/** A store that writes what was decided at once, and what is counted and timed every so often. */
import { describe, expect, it } from 'vitest';
import { CheckpointedStore } from '../../src/release/checkpointed.ts';
import { essenceOf } from '../../src/release/essence.ts';
import { MemoryDisk, openMemoryStore } from '../../src/release/memory.ts';
import type { Release } from '../../src/release/release.ts';
import type { Store } from '../../src/release/store.ts';
import { storeContract, value } from '../contract/store.ts';
import { aRelease, inPhase, phases, startMs } from '../support/a-release.ts';

const everyMs = 30_000;

storeContract('a store with checkpoints', async () => {
  const disk = new MemoryDisk();
  return {
    open: (options) => {
      const opened = openMemoryStore({ disk, ...options });
      return opened.ok ? { ok: true, value: new CheckpointedStore(opened.value, { everyMs, nowMs: () => 0 }) } : opened;
    },
  };
});

function aPlace() {
  const disk = new MemoryDisk();
  const below = value(openMemoryStore({ disk }));
  let writes = 0;
  let failing = 0;
  const counting: Store = Object.assign(Object.create(below) as Store, {
    save: async (...saved: Parameters<Store['save']>) => {
      writes++;
      if (failing-- > 0) return { ok: false, error: { reason: 'Unreachable', message: 'away', retryable: true } };
      return below.save(...saved);
    },
    release: (id: string) => below.release(id),
    releases: (filter: Parameters<Store['releases']>[0]) => below.releases(filter),
    log: (id: string) => below.log(id),
    close: () => below.close(),
  });
  const clock = { nowMs: 0 };
  const store = new CheckpointedStore(counting, { everyMs, nowMs: () => clock.nowMs });
  const stored = async (): Promise<Release | null> => value(await below.release('app-1'));
  return { disk, store, clock, stored, writes: () => writes, fail: () => (failing = 1) };
}

const line = { atMs: startMs, kind: 'event', reason: 'Tried', message: 'tried', data: {} } as const;

const baking = (bakedMs: number, more: Partial<Release> = {}): Release =>
  inPhase({ ...phases.baking, bakedMs }, { id: 'app-1', ...more });

describe('a store with checkpoints', () => {
  it('writes nothing for time that was earned, until it is time; who reads sees it at once', async () => {
    const { clock, store, stored, writes } = aPlace();
    let now = value(await store.save(baking(0), []));
    for (const bakedMs of [1_000, 2_000])
      now = value(await store.save({ ...baking(bakedMs), version: now.version }, []));
    expect(writes()).toBe(1);
    expect(value(await store.release('app-1'))).toMatchObject({ phase: { bakedMs: 2_000 } });
    expect(value(await store.releases({}))).toMatchObject([{ phase: { bakedMs: 2_000 } }]);
    expect(await stored()).toMatchObject({ phase: { bakedMs: 0 } });
    clock.nowMs = everyMs;
    await store.save({ ...baking(3_000), version: now.version }, []);
    expect(writes()).toBe(2);
    expect(await stored()).toMatchObject({ phase: { bakedMs: 3_000 } });
  });

  it('writes at once what was decided, and every line of the log', async () => {
    const { store, stored, writes } = aPlace();
    const first = value(await store.save(baking(0), []));
    const raised = { ...first, weight: { ...first.weight, desired: first.weight.desired + 1 } };
    const second = value(await store.save(raised, []));
    expect(await stored()).toMatchObject({ weight: { desired: raised.weight.desired } });
    await store.save(second, [line]);
    expect(writes()).toBe(3);
    expect(value(await store.log('app-1'))).toMatchObject([{ reason: 'Tried' }]);
  });

  it('refuses the second of two saves of one version, also where neither was written', async () => {
    const { store } = aPlace();
    const first = value(await store.save(baking(0), []));
    const both = await Promise.all([store.save(first, []), store.save(first, [])]);
    expect(both.map(({ ok }) => ok)).toEqual([true, false]);
  });

  it('reads what is there after a write that failed', async () => {
    const { fail, store } = aPlace();
    const first = value(await store.save(baking(0), []));
    const second = value(await store.save({ ...first, updatedAtMs: first.updatedAtMs + 1 }, []));
    fail();
    expect((await store.save(second, [line])).ok).toBe(false);
    expect(value(await store.release('app-1'))).toMatchObject({ version: first.version });
    expect((await store.save(first, [line])).ok).toBe(true);
  });

  it('leaves all of it to the next controller when it is closed', async () => {
    const { disk, store } = aPlace();
    const first = value(await store.save(baking(0), []));
    await store.save({ ...baking(9_000), version: first.version }, []);
    await store.close();
    const next = value(openMemoryStore({ disk }));
    expect(value(await next.release('app-1'))).toMatchObject({ phase: { bakedMs: 9_000 } });
  });
});

describe('what was decided', () => {
  const release = aRelease();

  it.each([
    ['a latch', { latch: { reason: 'Breach', message: '', rule: null, atMs: 1, data: {} } }],
    ['a successor', { supersededBy: 'v3' }],
    ['a weight', { weight: { ...release.weight, applied: 7 } }],
    ['a ceiling', { weight: { ...release.weight, ceiling: 7 } }],
    ['a pause', { pauses: [{ by: 'person', who: 'Ann', reason: 'wait', sinceMs: 1 }] }],
    ['a phase', { phase: phases.promoting }],
  ] satisfies readonly (readonly [string, Partial<Release>])[])('is another one with %s', (_, change) => {
    expect(essenceOf({ ...release, ...change })).not.toBe(essenceOf(release));
  });

  it('is the same with more time, and more requests counted', () => {
    const more = { countedMs: 9, updatedAtMs: 9, weight: { ...release.weight, observedRequests: 9_000 } };
    expect(essenceOf({ ...release, ...more })).toBe(essenceOf(release));
  });
});
