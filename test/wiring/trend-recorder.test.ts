/** After its watch a release's rules go on being read, in a whole world in memory: kept with it, decided by nothing, ended by its time or a newer release. */
import { expect, it } from 'vitest';
import { systemClock } from '../../src/lib/clock.ts';
import type { Happening } from '../../src/reconcile/happening.ts';
import { MemoryDisk, openMemoryStore } from '../../src/release/memory.ts';
import { defaultPlan } from '../../src/release/plan.ts';
import type { Release } from '../../src/release/release.ts';
import { trendEnded } from '../../src/release/trend-end.ts';
import { trendRecorder } from '../../src/wiring/trend-recorder.ts';
import { inPhase, phases } from '../support/a-release.ts';
import { atTestEnd } from '../support/at-end.ts';
import { eventually } from '../support/eventually.ts';
import { MemoryWorld, productionRules } from '../support/memory-world.ts';

/** A look each 20 ms at most, or 96 in the whole time. */
const compression = 15_000;

const promoted = async ({ trendMs = 60_000, promotedAgoMs = 0 } = {}) => {
  const opened = openMemoryStore({ disk: new MemoryDisk() });
  if (!opened.ok) throw new Error(opened.error.message);
  const store = opened.value;
  const rules = await productionRules();
  const common = { policy: 'app', clock: systemClock, perSecond: 2_000, compression: 1, intervalMs: 10 };
  const world = new MemoryWorld({ ...common, store, rules });
  await world.settle('v2');
  const nowMs = Date.now();
  const given = { rules, compression, revision: 'v2', policy: 'app', version: 0, startedAtMs: nowMs - promotedAgoMs };
  const release = {
    ...inPhase({ ...phases.succeeded, endedAtMs: nowMs }, { id: 'app-1' }),
    ...given,
    plan: { ...defaultPlan, trendMs },
  };
  const line = { atMs: nowMs - promotedAgoMs, kind: 'event', reason: 'Promoted', message: '', data: {} } as const;
  const saved = await store.save(release, [line]);
  if (!saved.ok) throw new Error(saved.error.message);
  const told: Happening[] = [];
  const recorder = (change: Partial<MemoryWorld['ports']> = {}) => {
    const each = trendRecorder({ ...world.ports, tell: (happening) => void told.push(happening), ...change });
    atTestEnd(() => each.close());
    return each;
  };
  const ends = async () => {
    const log = await store.log('app-1');
    return log.ok ? log.value.filter(({ reason }) => reason === trendEnded) : [];
  };
  const looks = async () => {
    const journal = await store.journal('app-1');
    return journal.ok ? journal.value.trend : [];
  };
  const newer = {
    ...saved.value,
    id: 'app-2',
    revision: 'v3',
    version: 0,
    startedAtMs: nowMs + 1,
    phase: phases.baking,
  };
  return { ends, looks, newer: newer satisfies Release, recorder, release: saved.value, store, told, world };
};

it('what its rules read is kept, counted from look to look, until its time is over', async () => {
  const { ends, looks, recorder, release, store } = await promoted({ trendMs: 1_000 });
  const each = recorder();
  each.saved(release);
  each.saved(release);
  await eventually(async () => (await ends()).length === 1);
  expect(await ends()).toMatchObject([
    { message: 'trends of v2 are recorded, 1s from its promotion on', data: { whole: true } },
  ]);
  const kept = await looks();
  expect(kept.reduce((sum, { looks: n }) => sum + n, 0)).toBeGreaterThan(2);
  const counted = kept.slice(1).map(({ read }) => read['error_rate']);
  expect(counted.every((brief) => brief !== undefined && 't' in brief && (brief.canary[0] ?? 0) > 0)).toBe(true);
  const after = await store.release('app-1');
  expect(after).toMatchObject({ value: { phase: release.phase, weight: release.weight, latch: null } });
  // What is saved of it later begins nothing anew.
  recorder().saved(release);
  await eventually(async () => (await store.log('app-1')).ok);
  expect(await ends()).toHaveLength(1);
});

it('a newer release ends it, and it is said', async () => {
  const { ends, looks, newer, recorder, release } = await promoted();
  const each = recorder();
  each.saved(release);
  await eventually(async () => (await looks()).length > 1);
  each.saved({ ...newer, id: 'app-0', startedAtMs: release.startedAtMs - 1 });
  expect(await ends()).toEqual([]);
  each.saved(newer);
  const [line] = await eventually(async () => ((await ends()).length > 0 ? await ends() : null));
  expect(line?.message).toMatch(/^trends of v2 end .* after its promotion, of 1m: release app-2 of v3 began$/);
  expect(line?.data['whole']).toBe(false);
  const { length } = await looks();
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await looks()).toHaveLength(length);
});

it('another stable revision ends it', async () => {
  const { ends, looks, recorder, release, store, world } = await promoted();
  recorder().saved(release);
  await eventually(async () => (await looks()).length > 1);
  const spec = { kind: 'command', command: ['serve'], env: {}, cwd: null, healthPath: null, replicas: 2 } as const;
  await world.workload.ensure('v1', spec, 2);
  await world.workload.serve('stable', 'v1', store.epoch);
  await eventually(async () => (await ends())[0]?.message.endsWith('v1 is stable now'));
});

it('the next controller goes on, and marks that it began to count anew', async () => {
  const { ends, looks, newer, recorder, release, store } = await promoted();
  const first = recorder();
  first.saved(release);
  await eventually(async () => (await looks()).length > 1);
  first.close();
  const before = (await looks()).length;
  const tell = recorder().listening('app', () => undefined);
  await eventually(async () => (await looks()).slice(before - 1).some(({ start }) => start === 'controller'));
  expect(await ends()).toEqual([]);
  const saved = await store.save(newer, []);
  if (!saved.ok) throw new Error(saved.error.message);
  tell({ kind: 'saved', release: saved.value, log: [], look: null });
  await eventually(async () => (await ends()).length === 1);
});

it('a newer release that began while nobody looked, or a time that went by so, is said by the next controller', async () => {
  const { ends, newer, recorder, store } = await promoted();
  await store.save(newer, []);
  recorder().listening('app', () => undefined);
  await eventually(async () => (await ends())[0]?.message.endsWith('release app-2 of v3 began'));
  const late = await promoted({ promotedAgoMs: 120_000 });
  late.recorder().listening('app', () => undefined);
  await eventually(async () => (await late.ends())[0]?.message.endsWith('until its time was over'));
});

it('a source that never answers is a look without data, in its time', async () => {
  const { looks, recorder, release, world } = await promoted();
  world.isBlind = true;
  recorder().saved(release);
  const [first] = await eventually(async () => ((await looks()).length > 0 ? await looks() : null));
  expect(first?.read['error_rate']).toMatchObject({ nothing: 'SourceDown' });
});

it.each([
  ['no time for it', { trendMs: 0 }],
  ['its time over before', { trendMs: 1, promotedAgoMs: 10_000 }],
])('nothing is asked with %s', async (_words, given) => {
  const { recorder, release, world } = await promoted(given);
  await new Promise((resolve) => setTimeout(resolve, 5));
  recorder().saved(release);
  recorder().saved({ ...release, phase: phases.baking });
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(world.reads).toBe(0);
});
