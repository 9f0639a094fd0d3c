/** Why nothing is backed up, or restored, in sentences. */
import type { Problem } from '../lib/result.ts';
import type { Release } from '../release/release.ts';

export const keepsNothing = (policy: string): Problem => ({
  reason: 'NotFound',
  message: `there is no policy ${policy} here with a backup: say under spec.backup what is kept`,
  retryable: false,
});

export const nothingStable = (policy: string): Problem => ({
  reason: 'Unavailable',
  message: `nothing is stable yet under ${policy}: there is nothing to go back to`,
  retryable: true,
});

export const releaseRuns = ({ id, phase }: Release): Problem => ({
  reason: 'ReleaseRunning',
  message: `${id} is under way (${phase.phase}): abort it first, and restore when all traffic is back; nothing was written`,
  retryable: false,
});
