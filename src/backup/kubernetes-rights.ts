/** Whether this controller may do what a backup or a restore takes, asked before anything is begun. */
import { z } from 'zod';
import type { KubeClient } from '../kube/client.ts';
import { failed, ok, type Result } from '../lib/result.ts';

export interface Right {
  readonly namespace: string;
  readonly group: string;
  readonly resource: string;
  readonly verb: string;
  /** Left out: whatever it is called. */
  readonly name?: string;
}

const review = z.looseObject({ status: z.looseObject({ allowed: z.boolean() }) });

const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';

async function mayDo(client: KubeClient, right: Right): Promise<Result<boolean>> {
  const { group, name, namespace, resource, verb } = right;
  const resourceAttributes = { namespace, verb, group, resource, ...(name === undefined ? {} : { name }) };
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes },
  };
  const answered = await client.review(path, body);
  return answered.ok ? ok(review.safeParse(answered.value).data?.status.allowed === true) : answered;
}

/** The first that is missing; null: none is. */
async function missingRight(client: KubeClient, rights: readonly Right[]): Promise<Result<Right | null>> {
  for (const right of rights) {
    const may = await mayDo(client, right);
    if (!may.ok) return may;
    if (!may.value) return ok(right);
  }
  return ok(null);
}

/** Fails with `BackupForbidden`, which names the verb that the controller's Role lacks. */
export async function maySecrets(
  client: KubeClient,
  { namespace, names }: { readonly namespace: string; readonly names: readonly string[] },
): Promise<Result<void>> {
  const secret = { namespace, group: '', resource: 'secrets' };
  const each = names.flatMap((name) => ['get', 'patch'].map((verb) => ({ ...secret, verb, name })));
  const missing = names.length === 0 ? ok(null) : await missingRight(client, [{ ...secret, verb: 'create' }, ...each]);
  if (!missing.ok) return missing;
  if (missing.value === null) return ok(undefined);
  const { name, verb } = missing.value;
  const which = name === undefined ? '' : ` "${name}"`;
  return failed({
    reason: 'BackupForbidden',
    message: `the controller lacks verb "${verb}" on secrets${which} in namespace ${namespace}: set backup.secrets in the chart's values, or write spec.backup.secrets: excluded`,
    retryable: true,
  });
}
