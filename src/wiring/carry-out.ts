/** An order on a release, as the functions of the core know it. */
import { ok, type Result } from '../lib/result.ts';
import { approve } from '../release/approval.ts';
import { type Command, command } from '../release/command.ts';
import type { Change } from '../release/log.ts';
import { override } from '../release/override.ts';
import type { Release } from '../release/release.ts';
import type { ReleaseAction } from '../server/controls.ts';

export type OrderAction = ReleaseAction & { readonly kind: Exclude<ReleaseAction['kind'], 'retry'> };

type ApprovalAction = Extract<ReleaseAction, { readonly kind: 'approve' | 'revoke' }>;

type CommandAction = Exclude<OrderAction, { readonly kind: 'approve' | 'revoke' | 'override' }>;

/** Who gave it, and why. */
export type Said = Pick<ReleaseAction, 'reason' | 'who'>;

type RetryAction = Omit<Extract<ReleaseAction, { readonly kind: 'retry' }>, 'kind'> & { readonly kind: 'retry' };

export const isRetry = (action: ReleaseAction): action is ReleaseAction & RetryAction => action.kind === 'retry';

/** The release after the order, or why there is none; no log: it had been given before. */
export function carriedOut(release: Release, action: OrderAction, atMs: number): Result<Change<Release>> {
  const { order } = action;
  const change = doneWith(release, action, atMs);
  return order === undefined || !change.ok ? change : ok(withOrder(change.value, order));
}

/** Saved together: whoever finds the order again, after a crash, sees that it has its effect. */
const withOrder = ({ release, log }: Change<Release>, order: string): Change<Release> => ({
  release,
  log: log.map((line) => ({ ...line, data: { ...line.data, order } })),
});

function doneWith(release: Release, action: OrderAction, atMs: number): Result<Change<Release>> {
  if (isApproval(action)) return approve(release, { ...action, atMs });
  if (action.kind === 'override') return override(release, { ...action, atMs });
  return command(release, commandOf(action, release.revision, atMs));
}

const isApproval = (action: OrderAction): action is ApprovalAction & OrderAction =>
  action.kind === 'approve' || action.kind === 'revoke';

function commandOf(action: CommandAction, revision: string, atMs: number): Command {
  const given = { revision, who: action.who, reason: action.reason, atMs };
  switch (action.kind) {
    case 'promote':
      return {
        ...given,
        kind: action.extent === 'full' ? 'promoteFull' : 'promote',
        ...(action.step === null ? {} : { step: action.step }),
      };
    case 'answer':
    case 'note':
      return { ...given, kind: action.kind, ...(action.rule === null ? {} : { rule: action.rule }) };
    default:
      return { ...given, kind: action.kind };
  }
}
