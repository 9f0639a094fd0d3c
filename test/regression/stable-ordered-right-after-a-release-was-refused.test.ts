/** The end of a release stands in its object, where people see it, before the controller that wrote it gets the answer: an order given then was refused. */
import { expect, it } from 'vitest';
import { systemClock } from '../../src/lib/clock.ts';
import { ok } from '../../src/lib/result.ts';
import { CheckpointedStore } from '../../src/release/checkpointed.ts';
import { KubernetesStore } from '../../src/release/kubernetes-store.ts';
import type { ClusterScene } from '../../src/wiring/cluster/cluster-scene.ts';
import { setStable } from '../../src/wiring/cluster/set-stable.ts';
import { Starter } from '../../src/wiring/starter.ts';
import { label } from '../../src/workload/kubernetes/labels.ts';
import { aPolicy, inPhase, phases } from '../support/a-release.ts';
import { eventually } from '../support/eventually.ts';
import { startKubeObjects } from '../support/kube-objects.ts';
import { logLines } from '../support/log-lines.ts';
import { must } from '../support/proxy.ts';

it('another revision is made stable once the release is over, whoever knows that already', async () => {
  const objects = await startKubeObjects();
  objects.put('/apis/sluice.dev/v1alpha1/namespaces/shop/releasepolicies/app', { metadata: {}, spec: {} });
  const client = objects.server.client();
  const replace = client.replace.bind(client);
  const held = Promise.withResolvers<null>();
  let isHeld = false;
  client.replace = async (path, body) => {
    const answer = await replace(path, body);
    if (isHeld) await held.promise;
    return answer;
  };
  const kept = new KubernetesStore({ client, namespace: 'shop', epoch: 1, holds: () => true });
  const store = new CheckpointedStore(kept, { everyMs: 30_000, nowMs: () => 0 });
  const spec = { kind: 'pods', template: {}, config: [], replicas: 1 } as const;
  must(await store.savePolicy(aPolicy({ stable: 'v2', revisions: { v1: spec, v2: spec } })));
  const watching = must(await store.save(inPhase(phases.watching), []));
  const starter = new Starter({ store, clock: systemClock, compression: 1, begun: () => {}, changed: () => {} });
  const pods = { metadata: { labels: { [label.policy]: 'app', [label.revision]: 'v1' } } };
  const view = { list: () => ok([pods]) };
  const scene = {
    ...{ client: objects.server.client(), starter, store, view },
    clock: systemClock,
    log: logLines().log,
    namespace: 'shop',
  };
  const order = () =>
    setStable(scene as unknown as ClusterScene, 'app', { revision: 'v1', who: 'ada', reason: 'v2 is slow' });
  expect(await order()).toMatchObject({ ok: false, error: { reason: 'ReleaseUnderWay' } });
  isHeld = true;
  const ending = store.save({ ...watching, phase: phases.succeeded }, []);
  const path = '/apis/sluice.dev/v1alpha1/namespaces/shop/releases/app-1';
  await eventually(() => (objects.at(path)['status'] as { readonly phase?: string }).phase === 'succeeded');
  const ordered = order();
  held.resolve(null);
  expect(await ordered).toMatchObject({ ok: true, value: { state: { stable: 'v1' } } });
  must(await ending);
});
