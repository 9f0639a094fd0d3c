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
  const active = await store.releases({ active: true });
  if (!active.ok) return active;
  const shown = [...active.value];
  // One runs at a time, and it is the newest: the others' documents need not be read again.
  const running = new Set(shown.map(({ policy }) => policy));
  for (const { name } of policies) {
    if (running.has(name)) continue;
    const newest = await store.releases({ policy: name, limit: 1 });
    if (!newest.ok) return newest;
    shown.push(...newest.value);
  }
  return ok(shown);
}
