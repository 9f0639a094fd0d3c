/** Delivery log of a namespace: a ConfigMap for each policy, which goes with it; written a little later, all of a burst at once. */
import { z } from 'zod';
import type { KubeClient } from '../kube/client.ts';
import type { KubeObject } from '../kube/object.ts';
import type { KubeProblem } from '../kube/problem.ts';
import { failed, ok, type Problem, type Result } from '../lib/result.ts';
import { Deliveries } from './deliveries.ts';
import type { Delivery, DeliveryLog } from './delivery-log.ts';
import { parseDelivery } from './delivery-schema.ts';

export interface KubernetesDeliveriesOptions {
  readonly client: KubeClient;
  readonly namespace: string;
  /** A policy's deliveries could not be written: that is tried again with the next one. */
  readonly troubled: (policy: string, problem: Problem) => void;
  /** What comes within it is written together; what a killed controller forgets. Default 2 s. */
  readonly withinMs?: number;
}

const label = 'sluice.dev/deliveries-of';

const kept = z.looseObject({ deliveries: z.string() });

export async function openKubernetesDeliveries(
  options: KubernetesDeliveriesOptions,
): Promise<Result<DeliveryLog, KubeProblem>> {
  const listed = await options.client.list(folderOf(options), { labelSelector: label });
  if (!listed.ok) return listed;
  return ok(new KubernetesDeliveries(listed.value.objects.flatMap(linesOf), options));
}

const folderOf = ({ namespace }: KubernetesDeliveriesOptions): string => `/api/v1/namespaces/${namespace}/configmaps`;

const linesOf = (object: KubeObject): readonly Delivery[] => {
  const isOurs = object.metadata.labels?.[label] !== undefined;
  const text = isOurs ? kept.safeParse(object['data']).data?.deliveries : undefined;
  return (text ?? '').split('\n').flatMap((line) => parseDelivery(line) ?? []);
};

class KubernetesDeliveries extends Deliveries {
  readonly #options: KubernetesDeliveriesOptions;
  readonly #unwritten = new Set<string>();
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();

  constructor(before: readonly Delivery[], options: KubernetesDeliveriesOptions) {
    super(before);
    this.#options = options;
  }

  override async close(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#write();
    await this.#writing;
  }

  protected override changed({ policy }: Delivery): void {
    this.#unwritten.add(policy);
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#write();
    }, this.#options.withinMs ?? 2_000);
    this.#timer.unref();
  }

  /** One write after the other: a later one never lands before an earlier one. */
  #write(): void {
    const policies = [...this.#unwritten];
    this.#unwritten.clear();
    this.#writing = this.#writing.then(async () => {
      for (const policy of policies) {
        const written = await this.#writeOne(policy);
        if (written.ok) continue;
        this.#unwritten.add(policy);
        this.#options.troubled(policy, written.error);
      }
    });
  }

  async #writeOne(policy: string): Promise<Result<unknown>> {
    const { client, namespace } = this.#options;
    const owner = await client.get(`/apis/sluice.dev/v1alpha1/namespaces/${namespace}/releasepolicies/${policy}`);
    // What belonged to a policy that is gone is gone with it.
    if (!owner.ok) return owner.error.reason === 'NotFound' ? ok(null) : owner;
    const folder = folderOf(this.#options);
    const name = `${policy}-deliveries`;
    const metadata = { name, labels: { [label]: policy }, ownerReferences: [ownedBy(owner.value)] };
    const deliveries = this.of(policy)
      .map((delivery) => JSON.stringify(delivery))
      .join('\n');
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { deliveries } };
    const made = await client.create(folder, body);
    if (made.ok || made.error.reason !== 'AlreadyExists') return made;
    const found = await client.get(`${folder}/${name}`);
    if (!found.ok) return found;
    const { labels, resourceVersion } = found.value.metadata;
    if (labels?.[label] !== policy) return failed(foreign(`${namespace}/${name}`));
    return client.replace(`${folder}/${name}`, { ...body, metadata: { ...metadata, resourceVersion } });
  }
}

const foreign = (name: string): Problem => ({
  reason: 'ForeignConfigMap',
  message: `ConfigMap ${name} is not a log of deliveries that Sluice made, and is left as it is: rename it, or the policy`,
  retryable: false,
});

const ownedBy = ({ metadata: { name, uid } }: KubeObject): object => ({
  apiVersion: 'sluice.dev/v1alpha1',
  kind: 'ReleasePolicy',
  name,
  uid,
  controller: true,
  blockOwnerDeletion: false,
});
