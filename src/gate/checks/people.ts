/** Checks that wait for a person: a pause, a lowered weight, a warning to answer, an approval, a word in mode advise. */
import { promoteOrder } from '../../release/bake.ts';
import { asksPerson, isAnswered, isOpen } from '../../release/investigation.ts';
import { stepOf } from '../../release/phase.ts';
import type { Release } from '../../release/release.ts';
import { moment, span } from '../../verdict/words.ts';
import { type Hold, hold } from '../decision.ts';
import type { Facts } from '../facts.ts';

/** S10: somebody else lowered the weight. It is never raised past that without a person's word. */
export function drifted({ release, route }: Facts): Hold | null {
  const { ceiling, desired } = release.weight;
  if (ceiling === null) return null;
  const off = release.pauses.find(({ by }) => by === 'switch');
  if (off !== undefined) {
    const why = `${off.reason.charAt(0).toUpperCase()}${off.reason.slice(1)}`;
    return hold('DeadMansSwitch', `${why}, since ${moment(off.sinceMs)}. Resume raises it again, abort takes it back.`);
  }
  const { ignore = null, name = 'Somebody' } = route.writer ?? {};
  const lowered = `${name} lowered the weight from ${desired} % to ${ceiling} %.`;
  if (ignore !== null) {
    return hold(
      'WeightOwnedByGitOps',
      `${lowered} It would again after a resume: let it leave the weights alone first (${ignore}). Abort takes the release back.`,
    );
  }
  return hold('WeightLowered', `${lowered} It stays there: resume raises it again, abort takes it back.`);
}

export function paused({ release }: Facts): Hold | null {
  const pause = release.pauses.find(({ by }) => by === 'person');
  if (pause === undefined) return null;
  const why = pause.reason === '' ? '' : `: ${pause.reason}`;
  return hold('Paused', `Paused by ${pause.who} since ${moment(pause.sinceMs)}${why}. Resume goes on.`);
}

/** A warning holds until somebody has looked at it. */
export function investigating({ release, verdicts }: Facts): Hold | null {
  const open = release.investigations.find(isOpen);
  if (open !== undefined) {
    const leftMs = release.plan.answerWithinMs - open.spentMs;
    const next =
      open.state === 'escalated'
        ? `unanswered for ${span(open.spentMs)}, escalated`
        : `escalates in ${span(Math.max(0, leftMs))}`;
    return hold('InvestigationOpen', `${open.message}. Somebody must look at it, ${next}: resume or abort.`, open.rule);
  }
  const due = verdicts.find((verdict) => asksPerson(verdict) && !isAnswered(release, verdict.rule));
  return due === undefined
    ? null
    : hold('InvestigationOpen', `${due.message}. Somebody must look at it: resume or abort.`, due.rule);
}

export function approvalPending({ missingApprovals }: Facts): Hold | null {
  if (missingApprovals.length === 0) return null;
  return hold(
    'ApprovalPending',
    `Waits for approval: ${missingApprovals.join(', ')}. Approve gives it, abort ends the release.`,
  );
}

/** Mode advise: each rise is asked for. */
export function orderAwaited({ release }: Facts): Hold | null {
  if (release.mode !== 'advise' || promoteOrder(release) !== null) return null;
  return hold(
    'AwaitingOrder',
    `Nothing objects to the next step, ${nextOf(release)}. This release only advises: promote takes it.`,
  );
}

function nextOf({ phase, plan, stableRevision }: Release): string {
  const next = stableRevision === null ? undefined : plan.steps[(stepOf(phase) ?? -1) + 1];
  return next === undefined ? 'promotion' : `${next.weight} %`;
}

/** Mode observe: somebody else drives. */
export function onlyObserving({ release }: Facts): Hold | null {
  if (release.mode !== 'observe') return null;
  return hold(
    'Observing',
    'Nothing objects to the next step. This release is only observed: whoever drives the rollout may go on.',
  );
}
