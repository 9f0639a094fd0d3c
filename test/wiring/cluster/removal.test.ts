/** A policy that is deleted while users are still on the Deployment's own pods. */
import { expect, it } from 'vitest';
import { systemClock } from '../../../src/lib/clock.ts';
import { ok } from '../../../src/lib/result.ts';
import { openMemoryStore } from '../../../src/release/memory.ts';
import type { ClusterScene } from '../../../src/wiring/cluster/cluster-scene.ts';
import type { DeliveringService } from '../../../src/wiring/cluster/cluster-service.ts';
import { Removal } from '../../../src/wiring/cluster/removal.ts';
import { Starter } from '../../../src/wiring/starter.ts';
import { folders } from '../../../src/workload/kubernetes/labels.ts';
import { KubernetesTarget } from '../../../src/workload/kubernetes-target.ts';
import { aPolicy } from '../../support/a-release.ts';
import { startKubeObjects } from '../../support/kube-objects.ts';
import { must } from '../../support/proxy.ts';

const deployment = `${folders('shop').deployments}/app`;
const template = (image: string) => ({ metadata: {}, spec: { containers: [{ name: 'app', image }] } });

/** First came app:broken, which never got ready; users are on what was applied after it. */
async function removed() {
  const objects = await startKubeObjects();
  const spec = { replicas: 2, template: template('app:good'), selector: { matchLabels: { app: 'app' } } };
  objects.put(deployment, { metadata: {}, spec });
  const client = objects.server.client();
  const view = { list: (at: string) => ok(at === folders('shop').deployments ? [objects.at(deployment)] : []) };
  const store = must(openMemoryStore());
  const broken = { kind: 'pods', template: template('app:broken'), config: [], replicas: 2 } as const;
  must(await store.savePolicy(aPolicy({ stable: 'broken', revisions: { broken } })));
  const starter = new Starter({ store, clock: systemClock, compression: 1, begun: () => {}, changed: () => {} });
  const scene = { ...{ client, store, starter }, clock: systemClock, compression: 1, namespace: 'shop' };
  const owner = { namespace: 'shop', policy: 'app', uid: 'uid-app' };
  const target = new KubernetesTarget({ client, view: view as never, owner, target: 'app', epoch: 1 });
  const nobody = { observedAtMs: 0, revisions: [], serving: { stable: null, canary: null } };
  const service = {
    ...{ target, cluster: { deployment: 'app' }, services: { stable: 'app-stable', canary: 'app-canary' } },
    policy: { name: 'app', plan: { drainMs: 30_000 } },
    workload: { observe: async () => ok(nobody), close: async () => undefined },
  };
  const removal = new Removal(scene as unknown as ClusterScene, service as unknown as DeliveringService);
  return { objects, removal };
}

it('gets no template back that users never were on', async () => {
  const { objects, removal } = await removed();
  expect(await removal.round()).toMatchObject({ ok: true, value: expect.stringContaining('still under way') });
  expect(objects.accepted).toEqual([]);
  expect(objects.at(deployment)['spec']).toMatchObject({ replicas: 2, template: template('app:good') });
});
