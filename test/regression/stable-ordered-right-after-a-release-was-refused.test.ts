/** The end of a release stands in its object, where people see it, before the controller that wrote it gets the answer: an order given then was refused. */
import { expect, it } from 'vitest';
import { systemClock } from '../../src/lib/clock.ts';
import { ok } from '../../src/lib/result.ts';
import { KubernetesStore } from '../../src/release/kubernetes-store.ts';
import type { ClusterScene } from '../../src/wiring/cluster/cluster-scene.ts';
import { setStable } from '../../src/wiring/cluster/set-stable.ts';
import { Starter } from '../../src/wiring/starter.ts';
import { label } from '../../src/workload/kubernetes/labels.ts';
import { aPolicy, inPhase, phases } from '../support/a-release.ts';
import { startKubeObjects } from '../support/kube-objects.ts';
import { logLines } from '../support/log-lines.ts';
import { must } from '../support/proxy.ts';

it('another revision is made stable once the release is over, whoever knows that already', async () => {
  const objects = await startKubeObjects();
  objects.put('/apis/sluice.dev/v1alpha1/namespaces/shop/releasepolicies/app', { metadata: {}, spec: {} });
  const place = { client: objects.server.client(), namespace: 'shop', epoch: 1, holds: () => true };
  const store = new KubernetesStore(place);
  const spec = { kind: 'pods', template: {}, config: [], replicas: 1 } as const;
  must(await store.savePolicy(aPolicy({ stable: 'v2', revisions: { v1: spec, v2: spec } })));
  const watching = must(await store.save(inPhase(phases.watching), []));
  const starter = new Starter({ store, clock: systemClock, compression: 1, begun: () => {}, changed: () => {} });
  const kept = { metadata: { labels: { [label.policy]: 'app', [label.revision]: 'v1' } } };
  const view = { list: () => ok([kept]) };
  const scene = { ...{ starter, store, view }, clock: systemClock, log: logLines().log, namespace: 'shop' };
  const order = () =>
    setStable(scene as unknown as ClusterScene, 'app', { revision: 'v1', who: 'ada', reason: 'v2 is slow' });
  expect(await order()).toMatchObject({ ok: false, error: { reason: 'ReleaseUnderWay' } });
  // The answer to that write is on its way to the store.
  must(await new KubernetesStore(place).save({ ...watching, phase: phases.succeeded }, []));
  expect(await order()).toMatchObject({ ok: true, value: { state: { stable: 'v1' } } });
});
