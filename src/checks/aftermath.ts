/** What is still asked about a release that has ended: hooks of its end, and whether a rollback brought everything back. */
import { isSettled, type ReleaseCheck } from '../release/check-demand.ts';
import type { LogEntry } from '../release/log.ts';
import type { Release } from '../release/release.ts';
import { isAt, type Place, placesOf, watchedPlace } from './places.ts';
import { runAt } from './questions.ts';

const endPlaces = (release: Release): readonly Place[] => {
  const watched = watchedPlace(release, 'notReady');
  return [...placesOf(release, 'notReady'), ...(watched === null ? [] : [watched])];
};

/** Names of the checks that have not said all that they have to say. */
export const unsaid = (release: Release): readonly string[] =>
  endPlaces(release).flatMap((place) =>
    release.checks.filter((check) => isAt(check, place) && !hasSaid(check, place)).map(({ demand }) => demand.name),
  );

function hasSaid(check: ReleaseCheck, { key }: Place): boolean {
  const run = runAt(check, key);
  if (run === null || run.answeredAtMs === null) return false;
  return isSettled(run) || (run.state === 'failed' && check.demand.onFail === 'record');
}

const verdicts = ['RollbackVerified', 'RollbackUnverified'] as const;

/** Whether a line of that reason says what there is to say of a rollback. */
export const isVerdict = (reason: string): boolean => verdicts.some((each) => each === reason);

/** Said once about a rollback, with what was seen; null: nothing was asked about it. */
export function verifiedLine(release: Release, nowMs: number): LogEntry | null {
  const { phase, stableRevision } = release;
  if (phase.phase !== 'rolledBack') return null;
  const seen = release.checks.flatMap(({ demand, runs }) =>
    runs
      .filter(({ place }) => place === 'afterRollback' || place === 'onRollback')
      .map((run) => ({ isGood: isSettled(run), said: `${demand.name}: ${run.message}` })),
  );
  if (seen.length === 0) return null;
  const bad = seen.filter(({ isGood }) => !isGood);
  const serves = `${stableRevision ?? 'nobody'} has all traffic`;
  const message =
    bad.length === 0
      ? `rollback verified: ${serves}; ${seen.map(({ said }) => said).join('; ')}`
      : `rollback not verified: ${serves}, but ${bad.map(({ said }) => said).join('; ')}. Look at it`;
  const reason = verdicts[bad.length === 0 ? 0 : 1];
  return { atMs: nowMs, kind: 'event', reason, message, data: { checks: seen.length, failed: bad.length } };
}
