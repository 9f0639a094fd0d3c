/** The releases of a policy that goes: what was delivered has no owner that the cluster would delete it with. */
import type { KubeObject } from '../../kube/object.ts';
import { ok, type Result } from '../../lib/result.ts';
import type { ClusterScene } from './cluster-scene.ts';

/** Those that there are as it is asked, each by its UID; their lines and looks are theirs, and go with them. */
export async function deleteReleases(
  { client, namespace }: Pick<ClusterScene, 'client' | 'namespace'>,
  policy: string,
): Promise<Result<void>> {
  const folder = `/apis/sluice.dev/v1alpha1/namespaces/${namespace}/releases`;
  const listed = await client.list(folder);
  if (!listed.ok) return listed;
  for (const { metadata } of listed.value.objects.filter((each) => policyOf(each) === policy)) {
    const deleted = await client.delete(`${folder}/${metadata.name}`, { uid: metadata.uid });
    // Gone, or another one by now.
    const isThere = !deleted.ok && deleted.error.reason !== 'NotFound' && deleted.error.reason !== 'Conflict';
    if (isThere) return deleted;
  }
  return ok(undefined);
}

const policyOf = (release: KubeObject): string | undefined =>
  (release['spec'] as { readonly policy?: string } | undefined)?.policy;
