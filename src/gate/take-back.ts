/** What follows from a finding against the release: the rollback, or the wait for the person whose word it needs. */
import { isOver, isPromoted } from '../release/phase.ts';
import type { Release } from '../release/release.ts';
import type { Finding, Hold, Rollback } from './decision.ts';

/** `latches`: found against the canary, the weight never rises again; `lifts`: a circumstance that may pass. */
export type Kind = 'latches' | 'lifts';

/** Null where there is nothing left to take back: it goes back already, or is over. */
export function takeBack(release: Release, finding: Finding, kind: Kind = 'latches'): Hold | Rollback | null {
  if (isOver(release) || release.phase.phase === 'rollingBack') return null;
  const obstacle = obstacleOf(release);
  if (obstacle === null) return { kind: 'rollback', ...finding };
  const { reason, message } = obstacle;
  return {
    kind: 'hold',
    reason,
    message: `${finding.message} ${message}`,
    rule: finding.rule,
    latch: kind === 'latches' ? finding : null,
  };
}

interface Obstacle {
  readonly reason: string;
  readonly message: string;
}

/** Why it may not go back by itself now; null: it may. A canary that no user ever met needs nobody's word. */
function obstacleOf(release: Release): Obstacle | null {
  const { mode, phase, plan } = release;
  if (isPromoted(release) && release.stableRevision === null) return nothingToGoBackTo;
  if (hasWord(release)) return null;
  if (mode === 'observe') return observed;
  if (phase.phase === 'preparing') return null;
  if (mode === 'advise') return advised;
  return plan.rollback === 'auto' ? null : plan.rollback === 'ask' ? asked : forbidden;
}

/** A person ordered it; where a rollback is only asked about, a newer revision's start is such an order, too. */
const hasWord = ({ mode, orders, plan, supersededBy }: Release): boolean =>
  orders.rollback !== null ||
  orders.abort !== null ||
  (supersededBy !== null && mode !== 'observe' && plan.rollback !== 'forbidden');

const nothingToGoBackTo: Obstacle = {
  reason: 'NothingToGoBackTo',
  message: 'This is the first revision, nothing was stable before it: release one that is better.',
};

const observed: Obstacle = {
  reason: 'WouldRollBack',
  message: 'This release is only observed, so nothing is changed: whoever drives the rollout should take it back now.',
};

const advised: Obstacle = {
  reason: 'RollbackAwaitsOrder',
  message: 'This release only advises: say "abort" to take it back. The weight does not rise any more.',
};

const asked: Obstacle = {
  reason: 'RollbackAwaitsOrder',
  message: 'The plan asks before a rollback: say "abort" to take it back. The weight does not rise any more.',
};

const forbidden: Obstacle = {
  reason: 'RollbackForbidden',
  message:
    'The plan forbids a rollback by itself: "abort" takes it back all the same, or release a revision that mends it. The weight does not rise any more.',
};
