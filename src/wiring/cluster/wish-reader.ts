/** What Deployments ask for, beside what their policies say was answered: read by somebody who is not the controller. */
import type { KubeClient } from '../../kube/client.ts';
import type { KubeObject } from '../../kube/object.ts';
import type { KubeProblem } from '../../kube/problem.ts';
import { failed, ok, type Result } from '../../lib/result.ts';
import type { AskedFor } from '../../report/policy-summary.ts';
import { folders } from '../../workload/kubernetes/labels.ts';
import { configNames, intentOf } from '../../workload/kubernetes/snapshot.ts';
import { type Wish, wishOf } from '../../workload/kubernetes/wish.ts';
import { askedFor } from './answered-wish.ts';

export class WishReader {
  readonly #client: KubeClient;
  readonly #namespace: string;
  /** Of the whole namespace, read once. */
  #maps: Promise<Result<readonly KubeObject[], KubeProblem>> | null = null;

  constructor(client: KubeClient, namespace: string) {
    this.#client = client;
    this.#namespace = namespace;
  }

  async askedFor(policy: KubeObject): Promise<AskedFor> {
    const { target } = (policy['spec'] ?? {}) as { readonly target?: { readonly deployment?: string } };
    const { asked = null } = (policy['status'] ?? {}) as { readonly asked?: string };
    const name = target?.deployment ?? '';
    const wish = await this.#wish(name);
    if (!wish.ok) return { kind: 'unknown', why: wish.error.message };
    if (wish.value === null) return { kind: 'unknown', why: `${name} is no Deployment` };
    return askedFor({ revision: wish.value.revision, answered: asked, why: trouble(policy) });
  }

  async #wish(name: string): Promise<Result<Wish | null, KubeProblem>> {
    const found = await this.#client.get(`${folders(this.#namespace).deployments}/${encodeURIComponent(name)}`);
    if (!found.ok) return found;
    const intent = intentOf(found.value);
    const needsMaps = intent !== null && configNames(intent.template).length > 0;
    const maps = needsMaps ? await this.#configMaps() : ok([]);
    return maps.ok ? ok(wishOf(found.value, maps.value)) : maps;
  }

  #configMaps(): Promise<Result<readonly KubeObject[], KubeProblem>> {
    this.#maps ??= this.#client
      .list(folders(this.#namespace).configMaps)
      .then((listed) => (listed.ok ? ok(listed.value.objects) : failed(listed.error)));
    return this.#maps;
  }
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
