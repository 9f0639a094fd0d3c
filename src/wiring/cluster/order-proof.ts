/** Whether the API server lets nobody order under another's name: tried out, by an order that must be refused and is kept by nobody. */
import type { KubeClient } from '../../kube/client.ts';
import { failed, ok, type Result } from '../../lib/result.ts';
import { notTheirName } from '../../release/order-admission.ts';
import type { OrderSpec } from '../../release/order-object-schema.ts';
import { orderBody, ordersFolder } from './order-object.ts';

export interface ProofPlace {
  readonly client: KubeClient;
  readonly namespace: string;
}

/** Nobody is called so. */
const stranger = 'sluice.dev/nobody';

/** Fails with `Unproven` where names are not compared, and retryable where the API server could not be asked. */
export async function provenNames({ client, namespace }: ProofPlace, like: OrderSpec): Promise<Result<void>> {
  // A backup is about no revision, and a note is.
  const { policy, revision = stranger } = like;
  const body = orderBody('sluice-tries-a-name', { policy, revision, action: 'note', user: stranger });
  const tried = await client.review(`${ordersFolder(namespace)}?dryRun=All`, body);
  if (tried.ok) return failed(unproven('the API server lets anybody order under any name'));
  if (tried.error.message.includes(notTheirName)) return ok(undefined);
  const why = `it could not be found out whether the API server compares names (${tried.error.message})`;
  return failed({ ...unproven(why), retryable: tried.error.retryable });
}

const unproven = (why: string) => ({
  reason: 'Unproven',
  message: `nothing was done: ${why}; apply ValidatingAdmissionPolicy releaseorders.sluice.dev with \`sluice crds | kubectl apply -f -\`, and give the order again`,
  retryable: false,
});
