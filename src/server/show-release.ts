/** From a name that somebody wrote to the release's view, through the controller's port. */
import { failed, ok, type Result } from '../lib/result.ts';
import type { Release } from '../release/release.ts';
import { findRelease } from '../report/find-release.ts';
import { type ReleaseView, releaseView } from '../report/release-view.ts';
import type { Controls } from './controls.ts';

/** An id, the beginning of one, or a policy's name. */
export const named = async (controls: Controls, name: string): Promise<Result<Release>> => {
  const exact = await controls.release(name);
  if (!exact.ok) return exact;
  if (exact.value !== null) return ok(exact.value);
  const [all, policies] = await Promise.all([controls.releases({}), controls.policies()]);
  if (!all.ok) return all;
  return policies.ok
    ? findRelease(
        name,
        all.value,
        policies.value.map((each) => each.name),
      )
    : policies;
};

export interface Shown {
  readonly nowMs: number;
  /** Of the log; all that the store answers where it is left out. A list of many releases wants few. */
  readonly lines?: number;
}

export const viewOf = async (controls: Controls, release: Release, shown: Shown): Promise<Result<ReleaseView>> => {
  const [log, policy] = await Promise.all([controls.log(release.id, shown.lines), controls.policy(release.policy)]);
  if (!log.ok) return log;
  if (!policy.ok) return policy;
  const instances = controls.instances(release.id);
  return ok(releaseView({ release, policy: policy.value, log: log.value, instances, nowMs: shown.nowMs }));
};

/** An order names the revision that its sender believes to act on. */
export const sameRevision = (release: Release, revision: string): Result<Release> =>
  release.revision === revision
    ? ok(release)
    : failed({
        reason: 'RevisionMismatch',
        message: `release ${release.id} delivers revision ${release.revision}, not ${revision}; nothing was done`,
        retryable: false,
      });
