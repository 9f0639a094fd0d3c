/** The policies that a controller looks after, as lists tell of them. */
import { ok, type Result } from '../lib/result.ts';
import type { Store } from '../release/store.ts';
import type { PolicySummary } from '../report/policy-summary.ts';
import type { Served } from './served.ts';

export async function policySummaries(
  services: Iterable<Served>,
  store: Pick<Store, 'policy'>,
  filter?: { readonly name: string },
): Promise<Result<readonly PolicySummary[]>> {
  const summaries: PolicySummary[] = [];
  for (const { asked, policy, rules } of services) {
    if (filter !== undefined && filter.name !== policy.name) continue;
    const state = await store.policy(policy.name);
    if (!state.ok) return state;
    const { stable = null, previous = null, frozen = [] } = state.value ?? {};
    const { name, namespace, file } = policy;
    const known = { name, namespace, file, stable, previous, frozen };
    summaries.push({ ...known, problem: rules.problem(), asked: asked?.() ?? null });
  }
  return ok(summaries);
}
