/** One look after the other over a world in memory: what is read anew, what is kept, and what becomes of trouble. */
import { beforeEach, describe, expect, it } from 'vitest';
import { failed, ok } from '../../src/lib/result.ts';
import type { Happening } from '../../src/reconcile/happening.ts';
import { nothingNew } from '../../src/reconcile/look.ts';
import { productionRules } from '../support/memory-world.ts';
import { SteppedLoop } from '../support/stepped-loop.ts';

const rules = await productionRules();
const diskFull = { reason: 'DiskFull', message: 'free some space', retryable: true } as const;

let loop: SteppedLoop;

beforeEach(async () => {
  loop = await new SteppedLoop(rules).begin();
});

/** Prepared, and the first weight applied. */
const onItsWay = async () => {
  const release = await loop.ticks(3, 1_000);
  expect(await loop.world.weight()).toBe(25);
  return release;
};

describe('a look', () => {
  it('rests when there is nothing to do, a little longer than the metrics take', async () => {
    await onItsWay();
    expect(await loop.look(nothingNew)).toEqual({ release: 'app-v2', againMs: 1_500, ended: false });
  });

  it('of a release that is over, or gone, ends the looking', async () => {
    await loop.order('abort');
    await loop.settle();
    expect((await loop.ticks(40, 1_000)).phase.phase).toBe('failed');
    expect(await loop.look(nothingNew)).toEqual({ release: 'app-v2', againMs: 0, ended: true });
  });

  it('sees an order that was given since the last one', async () => {
    await onItsWay();
    await loop.order('abort');
    await loop.look(nothingNew);
    expect(await loop.world.weight()).toBe(0);
    expect((await loop.release()).phase.phase).toBe('rollingBack');
  });

  it('of a release that is taken back changes no verdict: no users are there to be judged by', async () => {
    await onItsWay();
    await loop.ticks(120, 1_000);
    const before = (await loop.release()).verdicts;
    expect(before.some(({ kind }) => kind === 'pass')).toBe(true);
    await loop.order('abort');
    await loop.ticks(10, 1_000);
    const { phase, verdicts } = await loop.release();
    expect(['rollingBack', 'rolledBack']).toContain(phase.phase);
    expect(verdicts.map(({ kind, rule }) => [rule, kind])).toEqual(before.map(({ kind, rule }) => [rule, kind]));
  });
});

it('tells of a release whose record was deleted while it was under way, and of the weight that stays', async () => {
  await onItsWay();
  const told: Happening[] = [];
  Object.assign(loop.world.ports, { tell: (each: Happening) => told.push(each) });
  Object.assign(loop.world.ports.store, { release: async () => ok(null) });
  expect(await loop.look(nothingNew)).toEqual({ release: 'app-v2', againMs: 0, ended: true });
  const [trouble] = told.filter(({ kind }) => kind === 'troubled');
  expect(trouble).toMatchObject({ release: 'app-v2', policy: 'app', reason: 'RecordGone' });
  expect(trouble).toMatchObject({ message: expect.stringContaining('the route keeps 25 % on it') });
  expect(await loop.world.weight()).toBe(25);
});

describe('somebody else who saves in between', () => {
  it('loses nothing: it is read again, with the same answer', async () => {
    await onItsWay();
    const { store } = loop.world.ports;
    const save = store.save.bind(store);
    store.save = async (release, log) => {
      store.save = save;
      await loop.order('pause', 'lunch');
      return save(release, log);
    };
    const before = (await loop.release()).verdicts;
    const release = await loop.tick(5_000);
    expect(release.pauses).toMatchObject([{ by: 'person', reason: 'lunch' }]);
    expect(release.verdicts).not.toEqual(before);
  });

  it('for ever is trouble, said once a look', async () => {
    await onItsWay();
    const { store } = loop.world.ports;
    let asked = 0;
    store.save = async () => {
      asked += 1;
      return failed({ reason: 'Conflict', message: 'another version is stored', retryable: true });
    };
    expect(await loop.look(nothingNew)).toMatchObject({ againMs: 10, ended: false });
    expect(asked).toBe(5);
  });
});

describe('trouble', () => {
  it('is met with pauses that double up to a second, and forgotten when all is well again', async () => {
    const { workload } = loop.world;
    workload.ensure = async () => failed({ reason: 'SpawnFailed', message: 'no such command', retryable: true });
    const pauses: number[] = [];
    for (let n = 0; n < 9; n += 1) pauses.push((await loop.look(nothingNew)).againMs);
    expect(pauses).toEqual([10, 20, 40, 80, 160, 320, 640, 1_000, 1_000]);
    Reflect.deleteProperty(workload, 'ensure');
    await loop.look(nothingNew);
    expect(loop.session.failures).toBe(0);
  });

  it('with the store raises nothing that is not written down', async () => {
    await loop.settle();
    const { store } = loop.world.ports;
    const save = store.save.bind(store);
    store.save = async () => failed(diskFull);
    await loop.look({ answer: null });
    expect(await loop.world.weight()).toBe(0);
    store.save = save;
    await onItsWay();
  });

  it('with the policy’s record holds the release where it is', async () => {
    await onItsWay();
    const { store } = loop.world.ports;
    const policy = store.policy.bind(store);
    store.policy = async () => ({ ok: true, value: null });
    expect(await loop.look(nothingNew)).toMatchObject({ againMs: 10, ended: false });
    expect(await loop.world.weight()).toBe(25);
    store.policy = policy;
    expect((await loop.look(nothingNew)).againMs).toBeGreaterThanOrEqual(1_000);
  });
});

describe('a write whose outcome is not known', () => {
  it.each(['lost', 'answerLost'] as const)('%s is settled before anything is decided on it', async (fault) => {
    await onItsWay();
    loop.world.router.inject(fault);
    await loop.order('abort');
    await loop.look(nothingNew);
    expect(loop.session.unsettled).toBe(true);
    await loop.look(nothingNew);
    expect(loop.session.unsettled).toBe(false);
    await loop.settle();
    expect(await loop.world.weight()).toBe(0);
    expect((await loop.release()).weight.applied).toBe(0);
  });

  it('stays unsettled while the router can not be reached, and nothing is concluded from that', async () => {
    await onItsWay();
    loop.session.unsettled = true;
    loop.world.router.inject('unreachable');
    await loop.look(nothingNew);
    expect(loop.session.unsettled).toBe(true);
    expect((await loop.release()).weight.applied).toBe(25);
    await loop.look(nothingNew);
    expect(loop.session.unsettled).toBe(false);
  });
});
