/** All releases of a namespace, without those that an earlier leader made and died before it wrote what they are. */
import type { KubeClient } from '../kube/client.ts';
import type { KubeObject } from '../kube/object.ts';
import type { KubeProblem } from '../kube/problem.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import { recordOf } from './kubernetes-record.ts';

export interface ListOrder {
  readonly client: KubeClient;
  /** Version of the Lease when it was taken: what was written by those before has a lower one. */
  readonly epoch: number;
  /** Whether this is still the controller that writes. */
  readonly holds: () => boolean;
}

const tries = 3;

/**
 *   list ──► left over? ──► deleted as it was read ──► all others
 *     ▲                        └─ its record landed meanwhile
 *     └────────────────────────────┘
 *
 * The write of such a record may still be on its way: it finds nothing to write to, and no release comes up that nobody begins.
 */
export async function listReleases(
  { client, epoch, holds }: ListOrder,
  folder: string,
): Promise<Result<readonly KubeObject[], KubeProblem>> {
  const isLeft = (object: KubeObject): boolean =>
    recordOf(object) === null && Number(object.metadata.resourceVersion) < epoch;
  for (let left = tries; ; left--) {
    const listed = await client.list(folder);
    if (!listed.ok) return listed;
    const { objects } = listed.value;
    const leftOver = objects.filter(isLeft);
    if (leftOver.length === 0 || !holds()) return ok(objects);
    const problems = await Promise.all(leftOver.map((object) => removed(client, folder, object)));
    const [problem] = problems.flat();
    if (problem === undefined) return ok(objects.filter((object) => !isLeft(object)));
    if (problem.reason !== 'Conflict' || left === 1) return failed(problem);
  }
}

async function removed(client: KubeClient, folder: string, { metadata }: KubeObject): Promise<readonly KubeProblem[]> {
  const { name, resourceVersion, uid } = metadata;
  const deleted = await client.delete(`${folder}/${name}`, { preconditions: { uid, resourceVersion } });
  return deleted.ok || deleted.error.reason === 'NotFound' ? [] : [deleted.error];
}
