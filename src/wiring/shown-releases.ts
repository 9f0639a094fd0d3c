/** The releases that Sluice's own metrics speak of. */
import { ok, type Result } from '../lib/result.ts';
import type { Policy } from '../release/policy.ts';
import type { Release } from '../release/release.ts';
import type { Store } from '../release/store.ts';

/** What runs, and the newest of each policy: ended ones leave no series behind when the next one comes. */
export async function shownReleases(
  store: Store,
  policies: readonly Pick<Policy, 'name'>[],
): Promise<Result<readonly Release[]>> {
  const reads = [{ active: true as const }, ...policies.map(({ name }) => ({ policy: name, limit: 1 }))];
  const shown = new Map<string, Release>();
  for (const filter of reads) {
    const read = await store.releases(filter);
    if (!read.ok) return read;
    for (const release of read.value) shown.set(release.id, release);
  }
  return ok([...shown.values()]);
}
