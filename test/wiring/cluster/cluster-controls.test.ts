import { expect, it } from 'vitest';
import { systemClock } from '../../../src/lib/clock.ts';
import { ok, type Problem } from '../../../src/lib/result.ts';
import { openMemoryStore } from '../../../src/release/memory.ts';
import { broadcast } from '../../../src/wiring/broadcast.ts';
import { ClusterControls } from '../../../src/wiring/cluster/cluster-controls.ts';
import type { ClusterScene } from '../../../src/wiring/cluster/cluster-scene.ts';
import { Starter } from '../../../src/wiring/starter.ts';
import { inPhase, phases } from '../../support/a-release.ts';
import { must } from '../../support/proxy.ts';

/** Orders for a release that nothing serves. */
async function unserved(obstacle: Problem | null) {
  const store = must(openMemoryStore());
  must(await store.save(inPhase(phases.shifting), []));
  const clock = systemClock;
  const refused: unknown[] = [];
  const controls = new ClusterControls(
    { namespace: 'shop' } as ClusterScene,
    {
      ...{ store, clock, services: new Map(), obstacle: () => obstacle },
      starter: new Starter({ store, clock, compression: 1, begun: () => {}, changed: () => {} }),
      events: broadcast(() => undefined),
      pulse: { alive: () => ({ ok: true, ageMs: 0 }), ready: () => ({ ok: true, missing: [] }) },
      records: { deliveries: async () => ok([]), trail: async () => ok([]), verify: async () => ok(null) },
      trail: { refused: (order: unknown) => refused.push(order), adopted: () => {}, attested: () => {} },
      ...{ falseAlarm: () => {}, saved: () => {}, nudge: () => {}, instances: () => null },
      rules: async () => ok(null),
    } as unknown as ConstructorParameters<typeof ClusterControls>[1],
  );
  const abort = () => controls.act('app-1', { kind: 'abort', who: 'ada', reason: 'enough' });
  return { abort, refused, ordered: async () => must(await store.release('app-1'))?.orders.abort };
}

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
