/** Why a rollback point is not used, in sentences. */
import type { Problem } from '../lib/result.ts';
import type { RollbackPoint } from './snapshots.ts';

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

export const unknownPoint = (id: string, points: readonly RollbackPoint[]): Problem => ({
  reason: 'NoRollbackPoint',
  message: `there is no rollback point ${id}; there is ${points.map((each) => each.id).join(', ') || 'none'}`,
  retryable: false,
});
