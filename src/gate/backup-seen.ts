/** What is known of backups before a release's first traffic: its rollback point, and how old the last verified one is. */
import type { BackupAnswer, RollbackPoint } from '../backup/snapshots.ts';
import type { GateOutcome } from '../release/gate-demand.ts';
import type { Release } from '../release/release.ts';
import { moment, span } from '../verdict/words.ts';

const outcome = (state: GateOutcome['state'], evidence: string, todo = ''): GateOutcome => ({
  state,
  evidence,
  todo,
  who: null,
});

const pointText = ({ holds, id, revision, takenAtMs, verifiedAtMs }: RollbackPoint): string =>
  `${id}: ${revision} and ${holds}, taken at ${moment(takenAtMs)}, read back at ${moment(verifiedAtMs)}`;

/** Longer than any backup of a usual size: then somebody should look. */
const longMs = 60_000;

/** The point that this release goes back to, taken before anything of it is started. */
export function rollbackPointSeen(release: Release, answer: BackupAnswer | null, nowMs: number): GateOutcome {
  if (release.stableRevision === null)
    return outcome('passed', 'nothing is stable yet: there is nothing to go back to');
  const point = release.rollbackPoint ?? answer?.point ?? null;
  if (point !== null) return outcome('passed', pointText(point));
  if (answer === null) return outcome('waiting', 'nobody takes backups here yet', 'wait');
  if (answer.problem !== null)
    return outcome('failed', `there is no backup: ${answer.problem}`, 'mend that, it is tried again by itself');
  if (answer.sinceMs === null) return outcome('waiting', 'the backup was not begun yet', 'wait');
  const tookMs = nowMs - answer.sinceMs;
  const since = `the backup is being taken since ${moment(answer.sinceMs)}`;
  return tookMs < longMs
    ? outcome('waiting', since, 'wait')
    : outcome(
        'failed',
        `${since}, for ${span(tookMs)}, and is not done`,
        'look at the disk, and at spec.backup.hook if there is one: one of them holds it',
      );
}

/** The newest that was read back, whoever asked for it. */
export function backupAgeSeen(
  { maxAgeMs }: { readonly maxAgeMs: number },
  { policy }: Release,
  { answer, nowMs }: { readonly answer: BackupAnswer | null; readonly nowMs: number },
): GateOutcome {
  if (answer === null) return outcome('waiting', 'nobody takes backups here yet', 'wait');
  const { latest } = answer;
  const take = `take one with \`sluice backup ${policy}\``;
  if (latest === null) return outcome('waiting', 'there is no verified backup', take);
  const ageMs = nowMs - latest.verifiedAtMs;
  const said = `${pointText(latest)}; ${span(Math.max(0, ageMs))} old`;
  return ageMs <= maxAgeMs
    ? outcome('passed', said)
    : outcome('failed', `${said}, which is more than ${span(maxAgeMs)}`, take);
}
