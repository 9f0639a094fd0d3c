/** Revisions that nobody runs any more: the one that ran last and the newest stay as the way back, the others go with what was made for them. */
import type { KubeClient } from '../../kube/client.ts';
import type { KubeObject } from '../../kube/object.ts';
import { ok, type Result } from '../../lib/result.ts';
import { folders, label, type Owner, revisionOf } from './labels.ts';
import { replicasOf } from './revision-deployment.ts';

/** The stopped one among them. */
const kept = 3;

/** `stopped`: the revision that ran until now, and may be what a watch goes back to, however old its Deployment is. */
export async function prune(client: KubeClient, { namespace, policy }: Owner, stopped: string): Promise<Result<void>> {
  const { configMaps, deployments } = folders(namespace);
  const listed = await client.list(deployments, { labelSelector: `${label.policy}=${policy}` });
  if (!listed.ok) return listed;
  const idle = listed.value.objects
    .filter((each) => replicasOf(each) === 0 && revisionOf(each) !== stopped)
    .toSorted(newestFirst);
  for (const deployment of idle.slice(kept - 1)) {
    const { name, uid } = deployment.metadata;
    const labelSelector = `${label.policy}=${policy},${label.revision}=${revisionOf(deployment)}`;
    const copies = await client.list(configMaps, { labelSelector });
    if (!copies.ok) return copies;
    const gone = [
      await client.delete(`${deployments}/${name}`, { uid, propagationPolicy: 'Background' }),
      ...(await Promise.all(copies.value.objects.map((copy) => client.delete(`${configMaps}/${copy.metadata.name}`)))),
    ];
    const refused = gone.find((each) => !each.ok && each.error.reason !== 'NotFound');
    if (refused !== undefined) return refused;
  }
  return ok(undefined);
}

const newestFirst = (a: KubeObject, b: KubeObject): number =>
  (b.metadata.creationTimestamp ?? '').localeCompare(a.metadata.creationTimestamp ?? '');
