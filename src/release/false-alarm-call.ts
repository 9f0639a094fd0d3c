/** A person says of a release that was taken back that it had been healthy: recorded on it for good. */
import { failed, ok, type Result } from '../lib/result.ts';
import type { Change } from './log.ts';
import type { Release } from './release.ts';

export interface Call {
  readonly who: string;
  readonly reason: string;
  readonly atMs: number;
}

/** The word that a reason begins with: `false-alarm`, `false-alarm: the database was down`. */
export const callsFalseAlarm = (reason: string): boolean => /^false-alarm(?![\w-])/i.test(reason.trim());

/** Fails with `NotAFalseAlarm` where no rule took it back. Said twice it is recorded once: same release, no log. */
export function callFalseAlarm(release: Release, call: Call): Result<Change<Release>> {
  const { calledFalseAlarm, id, phase } = release;
  if (phase.phase !== 'rolledBack' || phase.cause.rule === null) {
    const how = phase.phase === 'rolledBack' ? `was taken back by ${phase.cause.reason}` : `is ${phase.phase}`;
    const message = `${id} ${how}, not by a rule: there is no alarm that could have been false; give another reason`;
    return failed({ reason: 'NotAFalseAlarm', message, retryable: false });
  }
  if (calledFalseAlarm !== null) return ok({ release, log: [] });
  const { rule } = phase.cause;
  const message = `${call.who} calls the rollback by ${rule} a false alarm: "${call.reason}"`;
  const data = { who: call.who, rule };
  const log = [{ atMs: call.atMs, kind: 'action', reason: 'FalseAlarm', message, data }] as const;
  return ok({ release: { ...release, calledFalseAlarm: call }, log });
}
