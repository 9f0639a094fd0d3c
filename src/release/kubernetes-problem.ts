/** Why the store of a cluster did not do what it was asked for. */
import type { Problem } from '../lib/result.ts';

export const conflict = (what: string, read: number): Problem => ({
  reason: 'Conflict',
  message: `${what} was read at version ${read} and is at another one now, or gone: read it again`,
  retryable: true,
});

export const closed: Problem = { reason: 'StoreClosed', message: 'the store is closed', retryable: false };

export const outOfOffice: Problem = {
  reason: 'NotLeader',
  message: 'another controller may hold the Lease by now: nothing is written',
  retryable: true,
};

export const unheard = (release: string): Problem => ({
  reason: 'NotFound',
  message: `there is no release ${release} to keep a look at`,
  retryable: false,
});

export const noPolicy = (name: string): Problem => ({
  reason: 'NotFound',
  message: `there is no ReleasePolicy ${name} to keep the state in`,
  retryable: false,
});
