/** A controller that died between moving stable's Service and users' own left users on the old selector: its successor saw stable served, and no change. */
import { expect, it } from 'vitest';
import { ClusterView } from '../../src/kube/view.ts';
import { folders, labelsOf } from '../../src/workload/kubernetes/labels.ts';
import { KubernetesWorkload } from '../../src/workload/kubernetes.ts';
import { atTestEnd } from '../support/at-end.ts';
import { eventually } from '../support/eventually.ts';
import { startKubeObjects } from '../support/kube-objects.ts';

const { autoscalers, configMaps, deployments, pods, services } = folders('shop');

it("a workload that is looked at moves users' Service to where stable's sends, though nothing changed since it was opened", async () => {
  const cluster = await startKubeObjects();
  const stable = labelsOf('app', 'r1');
  cluster.put(`${services}/app-stable`, { metadata: {}, spec: { selector: stable } });
  cluster.put(`${services}/app`, { metadata: {}, spec: { selector: { app: 'app' } } });
  const client = cluster.server.client();
  const paths = [pods, services, deployments, configMaps, autoscalers].map((path) => ({ path }));
  const view = new ClusterView({ client, paths, relistEveryMs: 3_600_000 });
  atTestEnd(() => view.close());
  await eventually(() => paths.every(({ path }) => view.list(path).ok));
  const owner = { namespace: 'shop', policy: 'app', uid: 'uid-app' };
  const names = { stable: 'app-stable', canary: 'app-canary' } as const;
  const given = { client, view, owner, target: 'app', services: names, epoch: 1, troubled: () => {} };
  const workload = new KubernetesWorkload(given);
  atTestEnd(() => workload.close());
  expect(await workload.observe()).toMatchObject({ ok: true, value: { serving: { stable: 'r1' } } });
  await eventually(() =>
    JSON.stringify(cluster.at(`${services}/app`)).includes(`"selector":${JSON.stringify(stable)}`),
  );
});
