/** Access that can be taken away for good: from then on no request begins, and those under way are cut, whoever holds a client of it. */
import { failed } from '../lib/result.ts';
import type { Access } from './access.ts';
import { kubeProblem } from './problem.ts';

export const revocableAccess = (access: Access, revoked: AbortSignal): Access => ({
  server: access.server,
  namespace: access.namespace,
  ended: revoked,
  credentials: async () => {
    const given = await access.credentials();
    // Only now: a token may take long to be read, or made.
    return revoked.aborted ? failed(revocation) : given;
  },
});

const revocation = kubeProblem(
  'Unauthorized',
  'nothing is asked for any more: another controller leads here, or nobody',
);
