import { expect, it } from 'vitest';
import { systemClock } from '../../../src/lib/clock.ts';
import { failed, ok, type Problem } from '../../../src/lib/result.ts';
import { openMemoryStore } from '../../../src/release/memory.ts';
import type { Store } from '../../../src/release/store.ts';
import { broadcast } from '../../../src/wiring/broadcast.ts';
import { ClusterControls } from '../../../src/wiring/cluster/cluster-controls.ts';
import type { ClusterScene } from '../../../src/wiring/cluster/cluster-scene.ts';
import { SameRevision } from '../../../src/wiring/cluster/same-revision.ts';
import { Starter } from '../../../src/wiring/starter.ts';
import { aPolicy, inPhase, phases } from '../../support/a-release.ts';
import { must } from '../../support/proxy.ts';

type Options = ConstructorParameters<typeof ClusterControls>[1];

function controlsOf(store: Store, options: object): ClusterControls {
  const all = {
    ...{ store, clock: systemClock, services: new Map(), obstacle: () => null },
    starter: new Starter({ store, clock: systemClock, compression: 1, begun: () => {}, changed: () => {} }),
    events: broadcast(() => undefined),
    pulse: { alive: () => ({ ok: true, ageMs: 0 }), ready: () => ({ ok: true, missing: [] }) },
    records: { deliveries: async () => ok([]), trail: async () => ok([]), verify: async () => ok(null) },
    ...{ falseAlarm: () => {}, saved: () => {}, nudge: () => {}, instances: () => null },
    rules: async () => ok(null),
    ...options,
  };
  return new ClusterControls({ namespace: 'shop' } as ClusterScene, all as unknown as Options);
}

/** Orders for a release that nothing serves. */
async function unserved(obstacle: Problem | null) {
  const store = must(openMemoryStore());
  must(await store.save(inPhase(phases.shifting), []));
  const refused: unknown[] = [];
  const trail = { refused: (order: unknown) => refused.push(order), adopted: () => {}, attested: () => {} };
  const controls = controlsOf(store, { obstacle: () => obstacle, trail });
  const abort = () => controls.act('app-1', { kind: 'abort', who: 'ada', reason: 'enough' });
  return { abort, refused, ordered: async () => must(await store.release('app-1'))?.orders.abort };
}

/** v2 was taken back, and tried again while the Deployment asks for that. */
async function triedAgain(asked: string) {
  const store = must(openMemoryStore());
  const spec = { kind: 'pods', template: {}, config: [], replicas: 2 } as const;
  must(await store.savePolicy(aPolicy({ frozen: ['v2'], revisions: { v1: spec, v2: spec } })));
  must(await store.save(inPhase(phases.rolledBack), []));
  const before = must(await store.policy('app'))?.version ?? 0;
  const wish = () => ok({ revision: asked, spec });
  const service = { kind: 'delivers', policy: { name: 'app' }, target: { wish }, same: new SameRevision() };
  const starts: string[] = [];
  const start = async (_service: object, { revision }: { readonly revision: string }) => {
    starts.push(revision);
    return failed({ reason: 'MakingWay', message: 'another makes way', retryable: true });
  };
  const controls = controlsOf(store, { services: new Map([['app', service]]), starter: { start } });
  const retry = () => controls.act('app-1', { kind: 'retry', who: 'ada', reason: 'mended' });
  const saves = async () => (must(await store.policy('app'))?.version ?? 0) - before;
  return { retry, starts, saves };
}

it('a retry of what the Deployment does not ask for is refused, and leaves what runs', async () => {
  const { retry, saves, starts } = await triedAgain('v3');
  expect(await retry()).toMatchObject({ error: { reason: 'NotAskedFor', retryable: false } });
  expect([starts, await saves()]).toEqual([[], 0]);
});

it('a retry that waits for what makes way saves the policy once', async () => {
  const { retry, saves, starts } = await triedAgain('v2');
  for (let times = 0; times < 3; times += 1) expect(await retry()).toMatchObject({ error: { reason: 'MakingWay' } });
  expect([starts, await saves()]).toEqual([['v2', 'v2', 'v2'], 1]);
});

it('an abort is saved though nothing serves the policy yet: it is carried out by what takes the release back', async () => {
  const { abort, ordered, refused } = await unserved(null);
  expect(await abort()).toMatchObject({ ok: true });
  expect([await ordered(), refused]).toMatchObject([{ who: 'ada' }, []]);
});

it('an abort that nothing can carry out is refused, and says what to do', async () => {
  const message = 'spec.traffic.istio: has neither services nor subsets';
  const { abort, ordered, refused } = await unserved({ reason: 'SpecInvalid', message, retryable: false });
  expect(await abort()).toMatchObject({
    error: {
      reason: 'SpecInvalid',
      message: `nothing was done: this controller can't take app-1 back, for it can't tell where its traffic is split (${message}): put that right in ReleasePolicy shop/app and give the order again, or put all traffic on stable by hand as deploy/without-controller.md says`,
    },
  });
  expect([await ordered(), refused]).toMatchObject([null, [{ action: 'abort', who: 'ada' }]]);
});
