/** Approvals: people's words without which a release gets no traffic. Each is for one release, can be taken back until the traffic begins, and may expire. */
import { failed, ok, type Problem, type Result } from '../lib/result.ts';
import { moment, span } from '../verdict/words.ts';
import type { Approval, ApprovalDemand } from './approval-demand.ts';
import type { Change, LogEntry } from './log.ts';
import type { Release } from './release.ts';
import { type Known, notAllowed } from './who-may.ts';

/** A person's word for one approval, or against it. */
export interface ApprovalWord extends Known {
  readonly kind: 'approve' | 'revoke';
  readonly approval: string;
  /** As they call themselves, or as the controller knows them. */
  readonly who: string;
  readonly reason: string;
  readonly atMs: number;
}

export const demanded = (demands: readonly ApprovalDemand[]): readonly Approval[] =>
  demands.map((demand) => ({ ...demand, given: null }));

/** Given, and not expired. */
export const counts = ({ expiresMs, given }: Approval, nowMs: number): boolean =>
  given !== null && (expiresMs === null || nowMs - given.atMs < expiresMs);

/** What the first traffic still waits for, in words: `security (by eve or bob)`. Later ones were used by it. */
export const missingApprovals = ({ approvals, phase }: Release, nowMs: number): readonly string[] =>
  phase.phase === 'preparing' ? approvals.filter((each) => !counts(each, nowMs)).map(missing) : [];

function missing({ by, expiresMs, given, name }: Approval): string {
  const who = by.length === 0 ? '' : `by ${by.join(' or ')}`;
  const late = given === null ? '' : `that of ${given.who} expired at ${moment(given.atMs + (expiresMs ?? 0))}`;
  const more = [who, late].filter((part) => part !== '').join('; ');
  return more === '' ? name : `${name} (${more})`;
}

/**
 * Fails with `UnknownApproval`, `ApprovalUsed`, `NotIdentified`, `NotAllowed` or `NotApproved`. Same release, no log: it had been said.
 */
export function approve(release: Release, word: ApprovalWord): Result<Change<Release>> {
  const approval = release.approvals.find(({ name }) => name === word.approval);
  if (approval === undefined) return failed(unknown(release, word));
  const refused =
    refusal(release, approval, word) ?? notAllowed(approval.by, { ...word, what: `${approval.name} may be given` });
  if (refused !== null) return failed(refused);
  if (word.kind === 'approve' && counts(approval, word.atMs)) return ok({ release, log: [] });
  const { atMs, kind, reason, who } = word;
  const given = kind === 'approve' ? { who, reason, atMs } : null;
  const approvals = release.approvals.map((each) => (each === approval ? { ...each, given } : each));
  const after = { ...release, approvals };
  return ok({ release: unlessWaiting(after, atMs), log: [line(approval, word)] });
}

/** What was given is waited for no more: whoever looks before the next pass must not be asked again. */
const unlessWaiting = (release: Release, nowMs: number): Release =>
  release.waiting?.reason === 'ApprovalPending' && missingApprovals(release, nowMs).length === 0
    ? { ...release, waiting: null }
    : release;

const problem = (reason: string, message: string): Problem => ({ reason, message, retryable: false });

function unknown({ approvals, id }: Release, { approval }: ApprovalWord): Problem {
  const names = approvals.map(({ name }) => name).join(', ');
  const wanted = names === '' ? 'its policy wants none' : `its policy wants ${names}`;
  return problem('UnknownApproval', `${id} waits for no approval "${approval}": ${wanted}`);
}

function refusal({ id, phase }: Release, { given, name }: Approval, { kind }: ApprovalWord): Problem | null {
  if (phase.phase !== 'preparing')
    return problem(
      'ApprovalUsed',
      `${id} is ${phase.phase}: approvals count until its first traffic; pause or abort it instead`,
    );
  if (kind === 'revoke' && given === null)
    return problem('NotApproved', `${name} of ${id} was not given: there is nothing to take back`);
  return null;
}

const line = ({ expiresMs, name }: Approval, { atMs, kind, reason, who }: ApprovalWord): LogEntry => {
  const why = reason === '' ? '' : `, "${reason}"`;
  const until = kind === 'revoke' || expiresMs === null ? '' : `; it counts for ${span(expiresMs)}`;
  return {
    atMs,
    kind: 'action',
    reason: kind === 'approve' ? 'Approved' : 'ApprovalRevoked',
    message: `${who}: ${kind === 'approve' ? 'approved' : 'took back the approval'} ${name}${why}${until}`,
    data: { who, reason, approval: name },
  };
};
