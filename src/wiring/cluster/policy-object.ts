/** A ReleasePolicy object, as the controller marks it and tells its state in it. */
import type { KubeClient } from '../../kube/client.ts';
import type { KubeObject } from '../../kube/object.ts';
import type { KubeProblem } from '../../kube/problem.ts';
import type { Result } from '../../lib/result.ts';
import { type PolicyHealth, policyConditions } from '../../release/policy-conditions.ts';
import type { Condition } from '../../release/release-object-schema.ts';

/** While it is there, the object goes only after its service was given back. */
const finalizer = 'sluice.dev/give-back';

const finalizersOf = ({ metadata }: KubeObject): readonly string[] => {
  const finalizers = metadata['finalizers'];
  return Array.isArray(finalizers) ? finalizers.map(String) : [];
};

export const isHeld = (object: KubeObject): boolean => finalizersOf(object).includes(finalizer);

/** On the version read: others have finalizers of their own. */
export function hold(client: KubeClient, path: string, object: KubeObject): Promise<Result<KubeObject, KubeProblem>> {
  return withFinalizers(client, path, { object, finalizers: [...finalizersOf(object), finalizer] });
}

export function letGo(client: KubeClient, path: string, object: KubeObject): Promise<Result<KubeObject, KubeProblem>> {
  const finalizers = finalizersOf(object).filter((each) => each !== finalizer);
  return withFinalizers(client, path, { object, finalizers });
}

function withFinalizers(
  client: KubeClient,
  path: string,
  { object, finalizers }: { readonly object: KubeObject; readonly finalizers: readonly string[] },
): Promise<Result<KubeObject, KubeProblem>> {
  const { resourceVersion } = object.metadata;
  return client.patch(path, { type: 'merge', body: { metadata: { resourceVersion, finalizers } } });
}

interface Told {
  readonly asked?: string;
  readonly conditions?: readonly Condition[];
  readonly message?: string;
}

interface Telling {
  /** The revision that was answered last; null: not known. */
  readonly asked: string | null;
  readonly health: PolicyHealth;
  readonly nowMs: number;
}

/** Fields of the status that are to change; null: none, the object says all of it. */
export function toldHealth(object: KubeObject, { asked, health, nowMs }: Telling) {
  const before = (object['status'] ?? {}) as Told;
  const { conditions, message } = policyConditions(health, before.conditions ?? [], nowMs);
  const isSame =
    before.message === message &&
    (asked === null || before.asked === asked) &&
    JSON.stringify(plain(before.conditions)) === JSON.stringify(plain(conditions));
  if (isSame) return null;
  return { conditions, message, observedGeneration: health.generation, ...(asked === null ? {} : { asked }) };
}

/** In one order, whatever the server made of it. */
const plain = (conditions: readonly Condition[] = []) =>
  conditions.map(({ type, status, reason, message, observedGeneration }) => [
    type,
    status,
    reason,
    message,
    observedGeneration ?? null,
  ]);

/** By the manager that wrote its spec last, as the API server keeps it. */
export const takenFrom = ({ metadata: { generation = 0, managedFields = [] } }: KubeObject, hash: string) => {
  const writers = managedFields.filter(({ subresource }) => subresource === undefined);
  const last = writers.toSorted((a, b) => (a.time ?? '').localeCompare(b.time ?? '')).at(-1);
  return { hash, generation, by: last?.manager ?? 'an unknown manager' };
};
