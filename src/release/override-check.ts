/** A person's order to go on without a check that does not pass: with a reason, by whom the policy lets, where the release stands now. */
import { failed, ok, type Problem, type Result } from '../lib/result.ts';
import { type CheckRun, isSettled, type ReleaseCheck } from './check-demand.ts';
import type { Change } from './log.ts';
import { isOver } from './phase.ts';
import type { Release } from './release.ts';
import { type Known, notAllowed } from './who-may.ts';

export interface OverrideWord extends Known {
  /** Name of a gate or a check. */
  readonly gate: string;
  readonly who: string;
  readonly reason: string;
  readonly atMs: number;
}

/** It counts for the question that was asked last, not for those that a later step asks. */
export function overrideCheck(release: Release, check: ReleaseCheck, word: OverrideWord): Result<Change<Release>> {
  const { demand, runs } = check;
  const { atMs, reason, who } = word;
  const run = runs.at(-1);
  if (run === undefined || isOver(release)) return failed(nothingAsked(release, word));
  const refused =
    noReason(word) ?? notAllowed(demand.overrideBy, { ...word, what: `check ${demand.name} may be overridden` });
  if (refused !== null) return failed(refused);
  if (isSettled(run)) return ok({ release, log: [] });
  const gone: CheckRun = { ...run, override: { who, reason, atMs } };
  const after = { ...check, runs: [...runs.slice(0, -1), gone] };
  const message = `${who}: goes on without check ${demand.name} (${run.message}), "${reason}"`;
  const data = { who, reason, check: demand.name, state: run.state };
  const log = [{ atMs, kind: 'action', reason: 'CheckOverridden', message, data }] as const;
  const checks = release.checks.map((each) => (each === check ? after : each));
  return ok({ release: unlessWaiting({ ...release, checks }, demand.name), log });
}

/** What was answered is waited for no more: whoever looks before the next pass must not be asked again. */
const unlessWaiting = (release: Release, name: string): Release =>
  release.waiting?.reason === 'CheckFailed' && release.waiting.message.startsWith(`Check ${name} `)
    ? { ...release, waiting: null }
    : release;

export const noReason = ({ reason }: OverrideWord): Problem | null =>
  reason.trim() === ''
    ? { reason: 'ReasonMissing', message: 'an override needs a reason: it is recorded', retryable: false }
    : null;

const nothingAsked = (release: Release, { gate }: OverrideWord): Problem => ({
  reason: isOver(release) ? 'Ended' : 'NotAsked',
  message: isOver(release)
    ? `${release.id} has ended: nothing waits for check ${gate}`
    : `check ${gate} was not asked yet: nothing waits for it`,
  retryable: false,
});
