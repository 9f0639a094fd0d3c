import { expect, it } from 'vitest';
import { ClusterView } from '../../../src/kube/view.ts';
import { folders, labelsOf, note } from '../../../src/workload/kubernetes/labels.ts';
import { KubernetesTarget } from '../../../src/workload/kubernetes-target.ts';
import { atTestEnd } from '../../support/at-end.ts';
import { startKubeObjects } from '../../support/kube-objects.ts';
import { must } from '../../support/proxy.ts';

const owner = { namespace: 'shop', policy: 'app', uid: 'uid-app' };
const { deployments } = folders('shop');
const template = { metadata: { labels: { app: 'app' } }, spec: { containers: [] } };

it.each([
  ['as many pods as its autoscaler gave stable, where that is more than was noted', 7, 7],
  ['as many pods as were noted, where stable has fewer', 1, 2],
  ['as many pods as were noted, where stable is gone', null, 2],
] as const)('a Deployment that is given back gets %s', async (_what, ofStable, replicas) => {
  const cluster = await startKubeObjects();
  cluster.put(`${deployments}/app`, {
    metadata: { annotations: { [note.replicas]: '2' } },
    spec: { replicas: 0, template },
  });
  if (ofStable !== null)
    cluster.put(`${deployments}/app-r1`, { metadata: { labels: labelsOf('app', 'r1') }, spec: { replicas: ofStable } });
  const client = cluster.server.client();
  const view = new ClusterView({ client, paths: [{ path: deployments }], relistEveryMs: 3_600_000 });
  atTestEnd(() => view.close());
  const target = new KubernetesTarget({ client, view, owner, target: 'app', epoch: 1 });
  const stable = { kind: 'pods', template, config: [], replicas: 2 } as const;
  for (const round of ['first', 'again'])
    expect([round, must(await target.standUp('r1', stable))]).toEqual([round, 'starting']);
  const given = cluster.at(`${deployments}/app`);
  expect(given).toMatchObject({ spec: { replicas } });
  expect(given.metadata['annotations']).not.toHaveProperty(note.replicas);
});
