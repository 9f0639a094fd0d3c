/** Why a rollback point is not used, in sentences. */
import type { Problem, Result } from '../lib/result.ts';
import type { ListedPoint } from './point-status.ts';
import type { RestorePlan, RollbackPoint } from './snapshots.ts';

export const none: Problem = {
  reason: 'NoRollbackPoint',
  message: 'there is no rollback point: one is taken before each release, and by `sluice backup`',
  retryable: false,
};

export const broken = (id: string): Problem => ({
  reason: 'BackupAltered',
  message: `rollback point ${id} is not what was verified, or is gone: nothing was written`,
  retryable: false,
});

/** `found`: what stands in the place of its ConfigMap; null: nothing does. */
export function altered({ configMap, id, uid }: ListedPoint, found: { readonly uid: string } | null): Problem {
  const now = found?.uid === uid ? 'is not what was verified' : 'was made anew by somebody else';
  const what = found === null ? 'is gone' : now;
  return {
    reason: 'BackupAltered',
    message: `rollback point ${id} is not used: its ConfigMap ${configMap} ${what}; nothing was written; choose another one with --to (\`sluice backup --list\`)`,
    retryable: false,
  };
}

/** Whoever may write ConfigMaps could have anything written by the controller otherwise. */
export const unlisted = ({ claims, name }: { readonly claims: string | null; readonly name: string }): Problem => ({
  reason: 'NoRollbackPoint',
  message: `ConfigMap ${name} says that it is rollback point ${claims}, and the policy's status does not list it: it was planted, or an earlier version of Sluice took it; it is not used and nothing was written; take a new one by \`sluice backup\``,
  retryable: false,
});

/** A policy may be given another Deployment. */
export const otherTarget = (id: string, of: { readonly kept: string; readonly deployment: string }): Problem => ({
  reason: 'BackupAltered',
  message: `rollback point ${id} holds Deployment ${of.kept}, and the policy is for Deployment ${of.deployment}: nothing was written; choose another one with --to`,
  retryable: false,
});

export const unknownPoint = (id: string, points: readonly RollbackPoint[]): Problem => ({
  reason: 'NoRollbackPoint',
  message: `there is no rollback point ${id}; there is ${points.map((each) => each.id).join(', ') || 'none'}`,
  retryable: false,
});

/** How people go on where a restore stopped in its middle, and how they do not. */
export const stuckAdvice =
  'mend that, and restore again: it goes on where it stopped, as it does by itself when a controller starts next; `sluice backup` calls it off';

/** A restore ended, and the note of its order could not be taken away. */
export const notEnded = (carried: Result<RestorePlan>, { message, retryable }: Problem): Problem => {
  const said = carried.ok ? ['everything is back', ...carried.value.remarks] : [carried.error.message];
  const note = `the order could not be ended (${message}), and is carried out again when a controller starts next: restore again, or call it off by \`sluice backup\``;
  return { reason: carried.ok ? 'RestoreStuck' : carried.error.reason, message: [...said, note].join('; '), retryable };
};
