/** What a Deployment asks for, beside what its policy says was answered: read by somebody who is not the controller. */
import type { KubeClient } from '../../kube/client.ts';
import type { KubeObject } from '../../kube/object.ts';
import type { KubeProblem } from '../../kube/problem.ts';
import { ok, type Result } from '../../lib/result.ts';
import type { AskedFor } from '../../report/policy-summary.ts';
import { folders } from '../../workload/kubernetes/labels.ts';
import { configNames, intentOf } from '../../workload/kubernetes/snapshot.ts';
import { type Wish, wishOf } from '../../workload/kubernetes/wish.ts';
import { askedFor } from './answered-wish.ts';

export async function readWish(client: KubeClient, namespace: string, policy: KubeObject): Promise<AskedFor> {
  const { target } = (policy['spec'] ?? {}) as { readonly target?: { readonly deployment?: string } };
  const { asked = null } = (policy['status'] ?? {}) as { readonly asked?: string };
  const name = target?.deployment ?? '';
  const wish = await wishIn(client, namespace, name);
  if (!wish.ok) return { kind: 'unknown', why: wish.error.message };
  if (wish.value === null) return { kind: 'unknown', why: `${name} is no Deployment` };
  return askedFor({ revision: wish.value.revision, answered: asked, why: trouble(policy) });
}

async function wishIn(client: KubeClient, namespace: string, name: string): Promise<Result<Wish | null, KubeProblem>> {
  const { configMaps, deployments } = folders(namespace);
  const found = await client.get(`${deployments}/${encodeURIComponent(name)}`);
  if (!found.ok) return found;
  const intent = intentOf(found.value);
  const maps: KubeObject[] = [];
  for (const each of intent === null ? [] : configNames(intent.template)) {
    const map = await client.get(`${configMaps}/${encodeURIComponent(each)}`);
    if (map.ok) maps.push(map.value);
    else if (map.error.reason !== 'NotFound') return map;
  }
  return ok(wishOf(found.value, maps));
}

/** What the controller says stands in the way; null: nothing that it knows of. */
function trouble(policy: KubeObject): string | null {
  const { conditions = [], message } = (policy['status'] ?? {}) as {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly message?: string;
  };
  const isTroubled = conditions.some(
    ({ type, status }) => ['Stalled', 'Reconciling'].includes(type) && status === 'True',
  );
  return isTroubled ? (message ?? null) : null;
}
