import { expect, it } from 'vitest';
import { folders, label, labelsOf } from '../../../src/workload/kubernetes/labels.ts';
import { prune } from '../../../src/workload/kubernetes/prune.ts';
import { startKubeObjects } from '../../support/kube-objects.ts';
import { must } from '../../support/proxy.ts';

const owner = { namespace: 'shop', policy: 'app', uid: 'uid-app' };
const { configMaps, deployments } = folders('shop');

/** Revisions in the order of their making, with a copy of a ConfigMap each, and what is left of them once one more was stopped. */
async function leftOf(revisions: Readonly<Record<string, number>>, stopped: string): Promise<readonly string[]> {
  const cluster = await startKubeObjects();
  for (const [at, [revision, replicas]] of Object.entries(revisions).entries()) {
    const labels = labelsOf('app', revision);
    const creationTimestamp = new Date(at * 60_000).toISOString();
    cluster.put(`${deployments}/app-${revision}`, { metadata: { labels, creationTimestamp }, spec: { replicas } });
    cluster.put(`${configMaps}/settings-${revision}`, { metadata: { labels } });
  }
  const client = cluster.server.client();
  must(await prune(client, owner, stopped));
  const listed = await Promise.all(
    [deployments, configMaps].map(async (path) => must(await client.list(path)).objects),
  );
  const [runs = [], copies = []] = listed.map((each) =>
    each.map(({ metadata }) => metadata.labels?.[label.revision] ?? ''),
  );
  expect(copies).toEqual(runs);
  return runs;
}

it('keeps what runs, and the three newest of what does not', async () => {
  expect(await leftOf({ r1: 0, r2: 0, r3: 2, r4: 0, r5: 0 }, 'r5')).toEqual(['r2', 'r3', 'r4', 'r5']);
});

it('keeps what ran until now, with its configuration, though newer ones failed since: a watch goes back to it', async () => {
  expect(await leftOf({ r1: 0, r2: 0, r3: 0, r4: 0, r5: 2 }, 'r1')).toEqual(['r1', 'r3', 'r4', 'r5']);
});
