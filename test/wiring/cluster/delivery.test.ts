import { expect, it } from 'vitest';
import { failed, ok } from '../../../src/lib/result.ts';
import { openMemoryStore } from '../../../src/release/memory.ts';
import { AnsweredWish } from '../../../src/wiring/cluster/answered-wish.ts';
import type { ClusterScene } from '../../../src/wiring/cluster/cluster-scene.ts';
import type { DeliveringService } from '../../../src/wiring/cluster/cluster-service.ts';
import { Delivery } from '../../../src/wiring/cluster/delivery.ts';
import { MassChange } from '../../../src/wiring/cluster/mass-change.ts';
import { SameRevision } from '../../../src/wiring/cluster/same-revision.ts';
import type { Wish } from '../../../src/workload/kubernetes/wish.ts';
import type { PodsSpec } from '../../../src/workload/revision-spec.ts';
import { aPolicy, inPhase, phases, startMs } from '../../support/a-release.ts';
import { ada, ControlRoom, command } from '../../support/control-room.ts';
import { eventually } from '../../support/eventually.ts';
import { MemoryWorld } from '../../support/memory-world.ts';
import { must } from '../../support/proxy.ts';

const spec: PodsSpec = { kind: 'pods', template: {}, config: [], replicas: 2 };
const wish: Wish = { revision: 'v3', spec, named: [], standing: 'down', ready: 0, rollback: null };
const problem = { reason: 'ForeignAutoscaler', message: 'app-v1 is there already', retryable: false };

it('a release is withdrawn though an autoscaler can not be copied, and that is told', async () => {
  const store = must(openMemoryStore());
  const release = must(await store.save(inPhase(phases.shifting), []));
  must(await store.savePolicy(aPolicy({ previous: 'v0', revisions: { v1: spec } })));
  const nudged: string[] = [];
  const clock = { wallMs: () => startMs, monotonicMs: () => 0 };
  const starter = { running: async () => store.release(release.id) };
  const scene = { store, clock, starter, massChange: new MassChange(), nudge: (id: string) => nudged.push(id) };
  const service = {
    policy: { name: 'app' },
    same: new SameRevision(),
    cluster: { deployment: 'app' },
    ports: { tell: () => {} },
    target: { wish: () => ok({ revision: 'v1', spec, rollback: null }), follow: async () => ok(undefined) },
    workload: { keepSizes: async () => failed(problem) },
  };
  // No more of them is asked for on this way.
  const delivery = new Delivery(scene as unknown as ClusterScene, service as unknown as DeliveringService);
  expect(await delivery.round(null)).toEqual({ missing: problem, pending: null, releasing: release.id });
  expect(delivery.isWaiting).toBe(true);
  expect(must(await store.release(release.id))).toMatchObject({ supersededBy: 'v1' });
  expect(nudged).toEqual([release.id]);
});

it('a release goes on though its template has another name since an upgrade of the server, or of Sluice', async () => {
  const store = must(openMemoryStore());
  const release = must(await store.save(inPhase(phases.shifting), []));
  must(await store.savePolicy(aPolicy({ previous: 'v0', revisions: { v1: spec, [release.revision]: spec } })));
  const answered: string[] = [];
  let nowMs = 0;
  const clock = { wallMs: () => startMs, monotonicMs: () => nowMs };
  const starter = { running: async () => store.release(release.id) };
  const scene = { store, clock, starter, massChange: new MassChange(), compression: 1 };
  const service = {
    policy: { name: 'app' },
    same: new SameRevision(),
    answered: { answer: (revision: string) => answered.push(revision) },
    target: {
      wish: () => ok({ revision: 'defaulted', spec, rollback: null }),
      follow: async () => ok(undefined),
      isSame: async (_wish: unknown, name: string) => ok(name === release.revision),
    },
    workload: { keepSizes: async () => ok(undefined) },
  };
  const delivery = new Delivery(scene as unknown as ClusterScene, service as unknown as DeliveringService);
  await delivery.round(null);
  nowMs = 60_000;
  await delivery.round(null);
  expect(await delivery.round(null)).toEqual({ missing: null, pending: null, releasing: release.id });
  // What is answered is what people can read in the Deployment.
  expect(answered).toEqual(['defaulted']);
  expect(must(await store.release(release.id))).toMatchObject({ supersededBy: null });
});

it('a release that had to wait goes by what a person said of its rollback, and not by its annotation', async () => {
  const room = await ControlRoom.open();
  const first = await room.started('v2');
  const rollback = { rollback: 'forbidden', who: 'ada', caller: null, reason: 'drops a column' } as const;
  const waiting = room.controls.start({ policy: 'app', revision: 'v3', spec: command('v3'), ...ada, rollback });
  await eventually(() => room.nudged.includes(first.id));
  await room.end(first);
  const noted = { rule: 'auto', reason: 'as ever' };
  const { round } = delivering(room, { ...wish, rollback: noted });
  await round(0);
  await round(60_000);
  expect(await waiting).toMatchObject({ value: { revision: 'v3', plan: { rollback: 'forbidden' } } });
});

it('pods of the Deployment itself run on until users have been on stable for a while, and nothing is released beside them', async () => {
  const room = await ControlRoom.open();
  const { round, stoodDown, world } = delivering(room, { ...wish, standing: 'up', ready: 3 });
  await world.workload.ensure('v1', command('serve'), 1);
  await world.workload.lose('v1', 'v1-1', 'unready');
  const message = 'users stay on the pods of Deployment app until v1 is ready: 1 of 2 instances are';
  expect(await round(0)).toMatchObject({ missing: { reason: 'NotServing', message } });
  await world.workload.makeReady('v1');
  await round(10_000);
  await round(49_999);
  expect([stoodDown, room.begun]).toEqual([[], []]);
  await round(50_000);
  await round(65_000);
  expect([stoodDown, room.begun]).toMatchObject([[50_000, 65_000], [{ revision: 'v3' }]]);
});

it('what users never were on, and what does not get ready, makes way for what the Deployment itself has come to', async () => {
  const room = await ControlRoom.open();
  const { rollOut, round, world } = delivering(room, { ...wish, standing: 'up', ready: 2 });
  const stable = async () => must(await room.store.policy('app'))?.stable;
  await world.workload.ensure('v1', command('serve'), 2);
  for (const id of ['v1-1', 'v1-2']) await world.workload.lose('v1', id, 'unready');
  rollOut();
  // It may just be slow.
  await round(0);
  expect(await stable()).toBe('v1');
  await world.workload.fail('v1', { reason: 'CrashLoop', message: 'v1-1 ended 5 times' });
  await round(1_000);
  expect([await stable(), must(await room.store.policy('app'))]).toMatchObject(['v3', { previous: null, frozen: [] }]);
  await round(2_000);
  const { revisions, serving } = must(await world.workload.observe());
  expect([serving.stable, revisions.filter(({ wanted }) => wanted > 0).map(({ revision }) => revision)]).toEqual([
    'v3',
    ['v3'],
  ]);
  expect(room.begun).toEqual([]);
});

it('a first revision that neither fails nor gets ready is waited for as long as readyWithin says, and makes way for what has rolled out', async () => {
  const room = await ControlRoom.open();
  const { rollOut, round, world } = delivering(room, { ...wish, standing: 'up', ready: 2 });
  const stable = async () => must(await room.store.policy('app'))?.stable;
  await world.workload.ensure('v1', command('serve'), 2);
  for (const id of ['v1-1', 'v1-2']) await world.workload.lose('v1', id, 'unready');
  const { readyWithinMs } = room.served.policy.plan;
  expect(await round(0)).toMatchObject({ missing: { reason: 'NotServing' } });
  expect(await round(readyWithinMs - 1)).toMatchObject({ missing: { reason: 'NotServing' } });
  expect(await round(readyWithinMs)).toMatchObject({
    missing: {
      reason: 'NotReadyInTime',
      message: expect.stringContaining('0 of 2 pods of v1 are ready after 5m, longer than readyWithin'),
    },
  });
  expect(await stable()).toBe('v1');
  rollOut();
  await round(readyWithinMs + 1_000);
  expect([await stable(), room.begun]).toEqual(['v3', []]);
});

it('a rollout that is only observed leaves the record as it is until it has ended', async () => {
  const store = must(openMemoryStore());
  const seen = { kind: 'endpoints', urls: [], healthPath: null } as const;
  const before = must(await store.savePolicy(aPolicy({ stable: 'v1', revisions: { v1: seen } })));
  const release = must(await store.save(inPhase(phases.shifting, { mode: 'observe' }), []));
  const scene = { store, starter: { running: async () => ok(release) } };
  const service = { policy: { name: 'app' }, target: { wish: () => ok(wish) } };
  const delivery = new Delivery(scene as unknown as ClusterScene, service as unknown as DeliveringService);
  expect(await delivery.round(null)).toMatchObject({ missing: { reason: 'StillObserved' } });
  expect(must(await store.policy('app'))).toEqual(before);
});

/** Rounds of a policy whose Deployment asks for that. */
function delivering({ served, starter, store }: ControlRoom, wish: Wish) {
  let isRolledOut = false;
  let nowMs = 0;
  const stoodDown: number[] = [];
  const clock = { wallMs: () => startMs, monotonicMs: () => nowMs };
  const { rules } = served;
  const set = must(rules.current());
  const world = new MemoryWorld({
    ...{ policy: 'app', store, rules: set, intervalMs: 1_000, perSecond: 100, compression: 1 },
    clock,
  });
  const rights = { objection: async () => null };
  const scene = { store, clock, starter, massChange: new MassChange(), rights, compression: 1 };
  const target = {
    ...{ wish: () => ok(wish), follow: async () => ok(undefined), prepare: async () => ok(undefined) },
    isSame: async () => ok(false),
    isRolledOut: () => ok(isRolledOut),
    standDown: async (atMs: number) => {
      stoodDown.push(atMs);
      return ok(undefined);
    },
  };
  const service = {
    ...served,
    ...{
      same: new SameRevision(),
      cluster: { deployment: 'app' },
      answered: new AnsweredWish(),
      ports: world.ports,
      target,
    },
    workload: Object.assign(world.workload, { keepSizes: async () => ok(undefined) }),
  };
  const delivery = new Delivery(scene as unknown as ClusterScene, service as unknown as DeliveringService);
  return {
    round: (atMs: number) => {
      nowMs = atMs;
      return delivery.round(null);
    },
    rollOut: () => {
      isRolledOut = true;
    },
    stoodDown,
    world,
  };
}
