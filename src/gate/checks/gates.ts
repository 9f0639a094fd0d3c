/** The check of the gates that a policy puts before the first traffic. */
import { type Gate, isClosed, missingRollbackPoint } from '../../release/gate-demand.ts';
import { type Hold, hold } from '../decision.ts';
import type { Facts } from '../facts.ts';

/** What failed is named before what nothing was heard of. */
export function gateClosed({ release }: Facts): Hold | null {
  if (release.phase.phase !== 'preparing') return null;
  const closed = release.gates.filter(isClosed);
  const first = closed.find(({ seen }) => seen.state === 'failed') ?? closed[0];
  if (first === undefined) return null;
  const more =
    closed.length === 1
      ? ''
      : ` ${closed.length - 1} more: ${closed
          .filter((each) => each !== first)
          .map((each) => each.demand.name)
          .join(', ')}.`;
  return closedBy(first, more);
}

/** Before it nothing of the release is started: what would be kept must not have changed by then. */
export function rollbackPointMissing({ release }: Facts): Hold | null {
  if (release.phase.phase !== 'preparing') return null;
  const missing = missingRollbackPoint(release.gates);
  return missing === null ? null : closedBy(missing, '');
}

function closedBy({ demand, seen }: Gate, more: string): Hold {
  const todo = `${seen.todo.charAt(0).toUpperCase()}${seen.todo.slice(1)}`;
  return seen.state === 'failed'
    ? hold('GateFailed', `Gate ${demand.name}: ${seen.evidence}. ${todo}, or override it with a reason.${more}`)
    : hold('GateWaits', `Gate ${demand.name}: ${seen.evidence}. ${todo}.${more}`);
}
