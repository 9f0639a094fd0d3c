/** A ReleaseOrder as it lies in the cluster: what it asks for, and where its answer is written. */
import type { KubeClient } from '../../kube/client.ts';
import type { KubeObject } from '../../kube/object.ts';
import type { KubeProblem } from '../../kube/problem.ts';
import { ok, type Result } from '../../lib/result.ts';
import { type OrderSpec, type OrderStatus, orderSpec } from '../../release/order-object-schema.ts';

export interface GivenOrder {
  readonly name: string;
  readonly uid: string;
  /** Greater than that of any order that was given before. */
  readonly version: string;
  /** By the API server's clock. */
  readonly createdAtMs: number;
  /** When a controller before began it, as it said; null: none has. */
  readonly startedAt: string | null;
  /** null: not as the definition wants it. */
  readonly spec: OrderSpec | null;
}

export const ordersFolder = (namespace: string): string =>
  `/apis/sluice.dev/v1alpha1/namespaces/${namespace}/releaseorders`;

export const orderBody = (name: string, spec: OrderSpec): object => ({
  apiVersion: 'sluice.dev/v1alpha1',
  kind: 'ReleaseOrder',
  metadata: { name },
  spec,
});

export function orderOf(object: KubeObject): GivenOrder {
  const { metadata, spec } = object;
  const { startedAt = null } = answerIn(object);
  const { name, uid, resourceVersion: version, creationTimestamp = '' } = metadata;
  const read = orderSpec.safeParse(spec);
  const createdAtMs = Date.parse(creationTimestamp);
  return { name, uid, version, createdAtMs, startedAt, spec: read.success ? read.data : null };
}

export const answerIn = (object: KubeObject): OrderStatus => object['status'] ?? {};

/** Once: an order that has an answer keeps it; one that is gone needs none. */
export async function answerOrder(
  { client, namespace }: { readonly client: KubeClient; readonly namespace: string },
  { name, uid }: GivenOrder,
  status: OrderStatus,
): Promise<Result<void, KubeProblem>> {
  const path = `${ordersFolder(namespace)}/${name}`;
  const read = await client.get(path, { urgency: 'first' });
  if (!read.ok) return read.error.reason === 'NotFound' ? ok(undefined) : read;
  const { resourceVersion } = read.value.metadata;
  if (read.value.metadata.uid !== uid || answerIn(read.value).phase !== undefined) return ok(undefined);
  const body = { metadata: { resourceVersion }, status };
  const written = await client.patch(`${path}/status`, { type: 'merge', body });
  return written.ok || written.error.reason === 'NotFound' ? ok(undefined) : written;
}

/** Of an order that may take minutes: whoever waits for it knows then that somebody is at it. */
export async function beginOrder(
  { client, namespace }: { readonly client: KubeClient; readonly namespace: string },
  { name, uid }: GivenOrder,
  startedAt: string,
): Promise<Result<unknown, KubeProblem>> {
  const path = `${ordersFolder(namespace)}/${name}/status`;
  return client.patch(path, { type: 'merge', body: { metadata: { uid }, status: { startedAt } } });
}
