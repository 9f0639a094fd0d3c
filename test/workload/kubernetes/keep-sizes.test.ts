import { expect, it } from 'vitest';
import { ClusterView } from '../../../src/kube/view.ts';
import { folders, labelsOf } from '../../../src/workload/kubernetes/labels.ts';
import { KubernetesWorkload } from '../../../src/workload/kubernetes.ts';
import { atTestEnd } from '../../support/at-end.ts';
import { eventually } from '../../support/eventually.ts';
import { startKubeObjects } from '../../support/kube-objects.ts';

const owner = { namespace: 'shop', policy: 'app', uid: 'uid-app' };
const { autoscalers, configMaps, deployments, pods, services } = folders('shop');
const names = { stable: 'app-stable', canary: 'app-canary' } as const;

const sizes = (name: string): object => ({
  metadata: {},
  spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name }, minReplicas: 2, maxReplicas: 8 },
});

it("an autoscaler that can't be copied is told of, and holds up no other revision's", async () => {
  const cluster = await startKubeObjects();
  for (const [revision, service] of [
    ['r1', names.canary],
    ['r2', names.stable],
  ] as const) {
    const labels = labelsOf('app', revision);
    cluster.put(`${deployments}/app-${revision}`, { metadata: { labels }, spec: { replicas: 3 } });
    cluster.put(`${services}/${service}`, { metadata: {}, spec: { selector: labels } });
  }
  cluster.put(`${autoscalers}/app`, sizes('app'));
  // Somebody's own, under the name of the first revision's copy.
  cluster.put(`${autoscalers}/app-r1`, sizes('other'));
  const client = cluster.server.client();
  const paths = [pods, services, deployments, configMaps, autoscalers].map((path) => ({ path }));
  const view = new ClusterView({ client, paths, relistEveryMs: 3_600_000 });
  atTestEnd(() => view.close());
  const given = { client, view, owner, target: 'app', services: names, epoch: 1, troubled: () => {} };
  const workload = new KubernetesWorkload(given);
  atTestEnd(() => workload.close());
  await eventually(() => paths.every(({ path }) => view.list(path).ok));
  expect(await workload.keepSizes()).toMatchObject({ ok: false, error: { reason: 'ForeignAutoscaler' } });
  expect(cluster.at(`${autoscalers}/app-r2`)).toMatchObject({ spec: { scaleTargetRef: { name: 'app-r2' } } });
});
