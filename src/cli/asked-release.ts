/** The release that is meant by a policy's name: in a cluster the one that came of what its Deployment asks for now, never the one before. */
import { failed, ok, type Result } from '../lib/result.ts';
import type { PolicySummary } from '../report/policy-summary.ts';
import type { ReleaseView } from '../report/release-view.ts';
import type { ApiClient } from './api-client.ts';
import { pickRelease } from './pick-release.ts';

type Asking = Pick<ApiClient, 'policies' | 'release' | 'releases'>;

/** Nothing was begun for what is asked for. */
export type Unreleased = { readonly policy: string; readonly revision: string } & (
  | { readonly kind: 'pending'; readonly why: string }
  /** It serves everybody already. */
  | { readonly kind: 'stable' }
  /** It was taken back before, and what became of it then is not kept any more. */
  | { readonly kind: 'frozen' }
);

export type AskedRelease =
  /** `unsure`: why a newer one may be asked for that this does not know of; null: none is. */
  { readonly kind: 'release'; readonly view: ReleaseView; readonly unsure: string | null } | Unreleased;

export async function askedRelease(api: Asking, name: string | undefined): Promise<Result<AskedRelease>> {
  const policy = await policyOf(api, name);
  if (!policy.ok) return policy;
  if (policy.value === null || policy.value.asked === null) return picked(api, name, null);
  const { asked } = policy.value;
  if (asked.kind === 'unknown')
    return picked(api, name, `it can't be told whether something newer is asked for: ${asked.why}`);
  const { pending, revision } = asked;
  const of = { policy: policy.value.name, revision };
  if (pending !== null) return ok({ kind: 'pending', ...of, why: pending });
  return answered(api, policy.value, of);
}

/** What became of a revision that nothing more is to be done for. */
async function answered(
  api: Asking,
  { frozen, stable }: PolicySummary,
  of: Pick<Unreleased, 'policy' | 'revision'>,
): Promise<Result<AskedRelease>> {
  const listed = await api.releases({ policy: of.policy });
  if (!listed.ok) return listed;
  const [newest] = listed.value;
  if (of.revision === stable && newest?.revision !== stable) return ok({ kind: 'stable', ...of });
  const view = listed.value.find(({ revision }) => revision === of.revision);
  if (view !== undefined) return ok({ kind: 'release', view, unsure: null });
  // What the server made another name of is stable under that one.
  return ok({ kind: frozen.includes(of.revision) ? 'frozen' : 'stable', ...of });
}

/** Null: no policy is meant, but a release. */
async function policyOf(api: Asking, name: string | undefined): Promise<Result<PolicySummary | null>> {
  const all = name === undefined ? await api.policies() : ok([{ name }]);
  if (!all.ok) return all;
  const [only, second] = all.value;
  if (only === undefined || second !== undefined) return ok(null);
  const named = await api.policies({ name: only.name });
  return named.ok ? ok(named.value[0] ?? null) : named;
}

async function picked(api: Asking, name: string | undefined, unsure: string | null): Promise<Result<AskedRelease>> {
  const found = await pickRelease(api, name);
  if (found.ok) return ok({ kind: 'release', view: found.value, unsure });
  return unsure === null ? found : failed({ ...found.error, message: `${found.error.message}; ${unsure}` });
}
