/** Why a release is not begun, in sentences. */
import { type Unmeasured, unmeasuredSentence } from '../gate/unmeasured.ts';
import { failed, ok, type Problem, type Result } from '../lib/result.ts';
import type { OwnRollback } from '../release/own-rollback.ts';
import type { Release } from '../release/release.ts';
import type { StartNote } from '../release/start-note.ts';
import { type Finding, findingText } from '../router/finding.ts';
import { keepsNothing } from './restore-problems.ts';

/** The same start twice has the effect of once; another rollback than it began with is no such start. */
export function asRunning(
  running: Release,
  { rollback = null }: { readonly rollback?: OwnRollback | null },
): Result<Release> {
  if (rollback === null || rollback.rollback === running.plan.rollback) return ok(running);
  const message = `${running.id} is under way with rollback: ${running.plan.rollback}, which is set when it starts: abort it, and start it again`;
  return failed({ reason: 'AlreadyRunning', message, retryable: false });
}

export const notYet = (policy: string): Problem => ({
  reason: 'Unavailable',
  message: `the first stable revision of ${policy} is not running yet: try again in a moment`,
  retryable: true,
});

export const notMeasurable = (found: readonly Unmeasured[]): Problem => ({
  reason: 'NotMeasurable',
  message: found.map(unmeasuredSentence).join('; '),
  retryable: false,
});

export const splitNote = (found: Finding): StartNote => ({
  reason: 'SplitInexact',
  rule: null,
  message: findingText(found),
});

export const routerUnfit = (found: readonly Finding[]): Problem => ({
  reason: 'RouterUnfit',
  message: found.map(findingText).join('; '),
  retryable: false,
});

export const taken = (policy: string, revision: string): Problem => ({
  reason: 'RevisionTaken',
  message: `revision ${revision} of ${policy} is known as something else: give the new one a name of its own`,
  retryable: false,
});

export const notServing = (stable: string): Problem => ({
  reason: 'NotServing',
  message: `users are not on ${stable} yet, whose pods are being started: the release begins after that`,
  retryable: true,
});

export const restoring = (policy: string): Problem => ({
  reason: 'RestoreUnderWay',
  message: `what ${policy} keeps is being restored: start the release when that is done`,
  retryable: true,
});

export const underWay = ({ id, phase, policy, stableRevision }: Release): Problem => ({
  reason: 'ReleaseUnderWay',
  message: `${id} is ${phase.phase}: nothing was done. To go back to ${stableRevision ?? 'nothing'}, stop it (sluice abort ${policy} --reason TEXT); else wait until it has ended`,
  retryable: false,
});

export const onlyByRelease = (policy: string): Problem => ({
  reason: 'NotSupported',
  message: `outside of a cluster a revision becomes stable by a release alone: sluice start ${policy} --revision NAME, then sluice promote ${policy} --full --reason TEXT`,
  retryable: false,
});

export const noPolicy = (policy: string, known: readonly string[]): Result<never> =>
  failed({
    reason: 'NotFound',
    message: `there is no policy ${policy} here; this controller serves ${known.join(', ')}`,
    retryable: false,
  });

export const keptNothing = async (policy: string): Promise<Result<never>> => failed(keepsNothing(policy));
