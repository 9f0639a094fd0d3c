/** May the canary take more traffic? An ordered list of named checks over the facts; the first objection decides. */
import { stepWeight } from '../release/phase.ts';
import { aborted, breached, canaryLost, checkFailed, contested, superseded } from './checks/against.ts';
import { blindTooLong, limitReached, neverReady, unanswered } from './checks/deadlines.ts';
import { blind, checksPending, suspected, unproven } from './checks/evidence.ts';
import { gateClosed, rollbackPointMissing } from './checks/gates.ts';
import { approvalPending, drifted, investigating, onlyObserving, orderAwaited, paused } from './checks/people.ts';
import { finished, stillBaking, weightNotLive } from './checks/standing.ts';
import type { Decision, Hold, Rollback } from './decision.ts';
import type { Facts } from './facts.ts';

/** A named check: its objection, or null. Pure; it knows nothing but the facts. */
export type Check = (facts: Facts) => Hold | Rollback | null;

/**
 * In order; the first objection decides. Rollback outranks every reason to wait, in every phase, promoting and watching included.
 * `finished` answers for every release that is not on its way up: the checks after it are asked of no other.
 */
export const gate: readonly Check[] = [
  breached,
  aborted,
  superseded,
  canaryLost,
  checkFailed,
  contested,
  neverReady,
  blindTooLong,
  unanswered,
  limitReached,
  finished,
  drifted,
  paused,
  investigating,
  blind,
  suspected,
  rollbackPointMissing,
  weightNotLive,
  stillBaking,
  unproven,
  checksPending,
  gateClosed,
  approvalPending,
  orderAwaited,
  onlyObserving,
];

export const decide = (facts: Facts): Decision => decideBy(gate, facts);

/** The same with another list: what the tests use to show that no check can be left out. */
export function decideBy(checks: readonly Check[], facts: Facts): Decision {
  for (const check of checks) {
    const objection = check(facts);
    if (objection !== null) return objection;
  }
  return goOn(facts);
}

/** Nothing objects: the next step, or after the last one (or without a stable to share traffic with) promotion. */
function goOn({ release, verdicts }: Facts): Decision {
  const { phase, plan, revision, stableRevision } = release;
  const next = plan.steps[('step' in phase ? phase.step : -1) + 1];
  if (phase.phase === 'preparing' && stableRevision === null) {
    return {
      kind: 'promote',
      reason: 'FirstDeployment',
      message: `${revision} is ready, and nothing was stable before it.`,
      rule: null,
    };
  }
  if (next === undefined) {
    return {
      kind: 'promote',
      reason: 'PlanPassed',
      message: `${passed(verdicts)} at 100 %: ${revision} becomes stable.`,
      rule: null,
    };
  }
  const from = stepWeight(release) ?? 0;
  const why = phase.phase === 'preparing' ? `${revision} is ready` : `${passed(verdicts)} at ${from} %`;
  return {
    kind: 'advance',
    reason: 'StepPassed',
    message: `${why}: the weight goes from ${from} % to ${next.weight} %.`,
    rule: null,
  };
}

/** `error_rate proven, response_time_p95 compatible` */
function passed(verdicts: Facts['verdicts']): string {
  const told = verdicts.filter(
    ({ kind, reason }) => kind === 'pass' && (reason === 'Proven' || reason === 'Compatible'),
  );
  return told.length === 0
    ? 'The step passed'
    : told.map(({ reason, rule }) => `${rule} ${reason.toLowerCase()}`).join(', ');
}
