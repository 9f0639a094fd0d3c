/** The release that is meant by a policy's name: in a cluster the one that came of what its Deployment asks for now, never the one before. */
import { failed, ok, type Result } from '../lib/result.ts';
import type { PolicySummary } from '../report/policy-summary.ts';
import type { ReleaseView } from '../report/release-view.ts';
import type { ApiClient } from './api-client.ts';
import { pickRelease } from './pick-release.ts';

export type AskedRelease =
  /** `unsure`: why a newer one may be asked for that this does not know of; null: none is. */
  | { readonly kind: 'release'; readonly view: ReleaseView; readonly unsure: string | null }
  /** Something is asked for that nothing came of yet. */
  | { readonly kind: 'pending'; readonly policy: string; readonly revision: string; readonly why: string }
  /** What is asked for serves everybody, and nothing has to be released. */
  | { readonly kind: 'stable'; readonly policy: string; readonly revision: string };

export async function askedRelease(api: ApiClient, name: string | undefined): Promise<Result<AskedRelease>> {
  const listed = await api.policies();
  if (!listed.ok) return listed;
  const policy = policyOf(listed.value, name);
  if (policy === null || policy.asked === null) return picked(api, name, null);
  const { asked } = policy;
  if (asked.kind === 'unknown')
    return picked(api, name, `it can't be told whether something newer is asked for: ${asked.why}`);
  const { pending, revision } = asked;
  if (pending !== null) return ok({ kind: 'pending', policy: policy.name, revision, why: pending });
  const newest = await api.release(policy.name);
  if (newest.ok && newest.value.revision === revision) return ok({ kind: 'release', view: newest.value, unsure: null });
  if (policy.stable === revision) return ok({ kind: 'stable', policy: policy.name, revision });
  return picked(api, name, null);
}

const policyOf = (policies: readonly PolicySummary[], name: string | undefined): PolicySummary | null =>
  policies.find((each) => each.name === name) ??
  (name === undefined && policies.length === 1 ? policies[0] : null) ??
  null;

async function picked(api: ApiClient, name: string | undefined, unsure: string | null): Promise<Result<AskedRelease>> {
  const found = await pickRelease(api, name);
  if (found.ok) return ok({ kind: 'release', view: found.value, unsure });
  return unsure === null ? found : failed({ ...found.error, message: `${found.error.message}; ${unsure}` });
}
