/** The check of the gates that a policy puts before the first traffic. */
import { isClosed } from '../../release/gate-demand.ts';
import { type Hold, hold } from '../decision.ts';
import type { Facts } from '../facts.ts';

/** What failed is named before what nothing was heard of. */
export function gateClosed({ release }: Facts): Hold | null {
  if (release.phase.phase !== 'preparing') return null;
  const closed = release.gates.filter(isClosed);
  const first = closed.find(({ seen }) => seen.state === 'failed') ?? closed[0];
  if (first === undefined) return null;
  const { demand, seen } = first;
  const more =
    closed.length === 1
      ? ''
      : ` ${closed.length - 1} more: ${closed
          .filter((each) => each !== first)
          .map((each) => each.demand.name)
          .join(', ')}.`;
  const todo = `${seen.todo.charAt(0).toUpperCase()}${seen.todo.slice(1)}`;
  return seen.state === 'failed'
    ? hold('GateFailed', `Gate ${demand.name}: ${seen.evidence}. ${todo}, or override it with a reason.${more}`)
    : hold('GateWaits', `Gate ${demand.name}: ${seen.evidence}. ${todo}.${more}`);
}
