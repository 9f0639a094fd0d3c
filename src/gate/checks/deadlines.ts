/** Checks of time that ran out: outage, answer, readiness, and the plan's own limit. */
import { promoteOrder } from '../../release/bake.ts';
import { isForward } from '../../release/phase.ts';
import { span } from '../../verdict/words.ts';
import { type Hold, hold, type Rollback } from '../decision.ts';
import type { Facts } from '../facts.ts';
import { takeBack } from '../take-back.ts';

/** From this weight on more users would meet an unseen canary than not. */
const muchTraffic = 50;

/** Instances that are not there in time: at the start, or when a later step wants more. */
export function neverReady({ canary, release }: Facts): Hold | Rollback | null {
  const { phase, plan } = release;
  if (canary.enough) return null;
  const there = `${canary.ready} of ${canary.wanted} instances are ready`;
  if (phase.phase === 'preparing' && phase.spentMs >= plan.readyWithinMs) {
    const message = `${there} after ${span(phase.spentMs)}, readyWithin is ${span(plan.readyWithinMs)}. Look at their output.`;
    return takeBack(release, { reason: 'NeverReady', message, rule: null });
  }
  if (phase.phase === 'shifting' && phase.waitedMs >= plan.scaleWithinMs) {
    const message = `${there} for the next step after ${span(phase.waitedMs)}, scaleWithin is ${span(plan.scaleWithinMs)}. Look at their output.`;
    return takeBack(release, { reason: 'ScaleTimeout', message, rule: null });
  }
  return null;
}

/** S8: nobody sees how the users fare. A small canary is held, a large one taken back, or as the plan says. */
export function blindTooLong({ release }: Facts): Hold | Rollback | null {
  const { plan, sight, weight } = release;
  const applied = weight.applied ?? 0;
  if (!isForward(release) || sight.blindMs < plan.blindMaxMs || applied === 0) return null;
  if (plan.onBlind === 'hold' || (plan.onBlind === 'by-weight' && applied < muchTraffic)) return null;
  const message = `The metrics have not answered for ${span(sight.blindMs)} at ${applied} %, blindMax is ${span(plan.blindMaxMs)}. Bring them back, then retry.`;
  return takeBack(release, { reason: 'BlindTooLong', message, rule: null }, 'lifts');
}

/** A warning that nobody answered, where the plan goes back then. */
export function unanswered({ release }: Facts): Hold | Rollback | null {
  const late = release.investigations.find(({ state }) => state === 'escalated');
  if (late === undefined || release.plan.onUnanswered !== 'rollback' || !isForward(release)) return null;
  const message = `Nobody answered for ${late.rule} in ${span(late.spentMs)}: ${late.message}.`;
  return takeBack(release, { reason: 'InvestigationUnanswered', message, rule: late.rule }, 'lifts');
}

/** The plan's limit: it goes no further by itself. A person's promote still counts. */
export function limitReached({ release }: Facts): Hold | Rollback | null {
  const { countedMs, plan, waiting } = release;
  if (!isForward(release) || countedMs < plan.maxDurationMs) return null;
  const before = waiting === null || waiting.reason === 'LimitReached' ? '' : ` It was waiting: ${waiting.message}`;
  const message = `It is under way for ${span(countedMs)}, its limit is ${span(plan.maxDurationMs)}.${before}`;
  if (plan.onLimit === 'rollback') return takeBack(release, { reason: 'LimitReached', message, rule: null }, 'lifts');
  if (promoteOrder(release) !== null) return null;
  return hold('LimitReached', `${message} It goes no further by itself: promote or abort.`);
}
