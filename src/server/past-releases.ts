/** Releases of a policy as its history tells them, newest first. */
import { ok, type Result } from '../lib/result.ts';
import { type PastRelease, pastRelease } from '../report/history-view.ts';
import type { Controls } from './controls.ts';
import { wholeLog } from './http-answer.ts';

interface PastQuery {
  readonly policy: string;
  /** This one and those before it; left out: from the newest on. */
  readonly upTo?: string;
  readonly limit: number;
  readonly nowMs: number;
}

export async function pastReleases(
  controls: Pick<Controls, 'log' | 'policy' | 'releases'>,
  { limit, nowMs, policy, upTo }: PastQuery,
): Promise<Result<readonly PastRelease[]>> {
  const [state, all] = await Promise.all([
    controls.policy(policy),
    controls.releases({ policy, ...(upTo === undefined ? { limit } : {}) }),
  ]);
  if (!state.ok) return state;
  if (!all.ok) return all;
  const from =
    upTo === undefined
      ? 0
      : Math.max(
          0,
          all.value.findIndex(({ id }) => id === upTo),
        );
  const past: PastRelease[] = [];
  for (const release of all.value.slice(from, from + limit)) {
    const log = await controls.log(release.id, wholeLog);
    if (!log.ok) return log;
    past.push(pastRelease({ release, log: log.value, policy: state.value }, nowMs));
  }
  return ok(past);
}
