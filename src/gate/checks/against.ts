/** Checks that take the canary back: what was found against it, and who ordered it back. Each also counts while promoting and watching. */
import { contestedLimit } from '../../release/observe-route.ts';
import { isForward, isOver, isPromoted } from '../../release/phase.ts';
import type { Release } from '../../release/release.ts';
import type { Finding, Hold, Rollback } from '../decision.ts';
import { hold } from '../decision.ts';
import type { Facts } from '../facts.ts';
import { takeBack } from '../take-back.ts';

/** A critical rule convicted the canary, now or at any time before: a later calm verdict does not undo that. */
export function breached({ release, verdicts }: Facts): Hold | Rollback | null {
  if (release.latch !== null) return takeBack(release, release.latch);
  const convicted = verdicts.find(
    ({ advisory, alert, outcome }) => alert === 'critical' && outcome === 'rollback' && !advisory,
  );
  if (convicted === undefined) return null;
  const { message, reason, rule } = convicted;
  return takeBack(release, { reason, message: `${message}.`, rule });
}

/** A person took it back. Nothing stands in the way of that but the want of anything to go back to. */
export function aborted({ release }: Facts): Hold | Rollback | null {
  const { abort } = release.orders;
  if (abort === null) return null;
  const said = abort.reason === '' ? 'no reason given' : `"${abort.reason}"`;
  return takeBack(release, { reason: 'Aborted', message: `${abort.who} aborted it: ${said}.`, rule: null }, 'lifts');
}

/** A newer revision wants the canary's place: the weight goes to 0 first. What is promoted already stays, only its watch ends. */
export function superseded({ release }: Facts): Hold | Rollback | null {
  const { phase, plan, revision, supersededBy, weight } = release;
  if (supersededBy === null || isOver(release) || phase.phase === 'rollingBack') return null;
  const message = `${revision} makes way for ${supersededBy}, which was started after it.`;
  if (isPromoted(release) && !stalled(release)) return null;
  if (plan.rollback === 'forbidden' && weight.reached > 0 && release.orders.rollback === null) {
    return hold(
      'SupersedeForbidden',
      `${message} The plan forbids to take it back by itself: "abort" does, then ${supersededBy} starts.`,
    );
  }
  return takeBack(release, { reason: 'Superseded', message, rule: null }, 'lifts');
}

const stalled = ({ phase, plan }: Release): boolean =>
  phase.phase === 'promoting' && phase.spentMs >= plan.scaleWithinMs;

/** Somebody else raised the weight again and again: at 0 there is nothing to fight over. */
export function contested({ release, route }: Facts): Hold | Rollback | null {
  const { contested: times } = release.weight;
  if (times < contestedLimit || !isForward(release)) return null;
  const message = `The weight was raised by ${route.writer?.name ?? 'somebody else'} ${times} times and put back each time. ${adviceTo(route)}, then retry.`;
  return takeBack(release, { reason: 'TrafficContested', message, rule: null });
}

const adviceTo = ({ writer }: Facts['route']): string =>
  writer === null ? 'Find out who writes the route' : `Let it leave the weights alone${inWords(writer.ignore)}`;

const inWords = (ignore: string | null): string => (ignore === null ? '' : ` (${ignore})`);

/** Something outside was asked, and its answer speaks against the release: a failure that is not only to be waited for. */
export function checkFailed({ checks, release }: Facts): Hold | Rollback | null {
  const failed = checks.find(({ onFail, state }) => onFail === 'rollback' && state === 'failed');
  if (failed === undefined || isOver(release)) return null;
  const message = `Check ${failed.name} failed: ${failed.message}.`;
  return takeBack(release, { reason: 'CheckFailed', message, rule: null });
}

/** The canary's instances failed: known without any traffic, and without any metrics. */
export function canaryLost({ canary, release }: Facts): Hold | Rollback | null {
  if (!canary.known || isOver(release)) return null;
  const finding = canary.failure !== null ? failure(canary.failure) : lost(canary.ready, release);
  return finding === null ? null : takeBack(release, finding);
}

const failure = ({ message, reason }: { readonly reason: string; readonly message: string }): Finding => ({
  reason: 'CanaryLost',
  message: `The new revision's instances failed (${reason}): ${message}.`,
  rule: null,
});

function lost(ready: number, { phase, weight }: Release): Finding | null {
  const carries = (weight.applied ?? 0) > 0 || phase.phase === 'watching';
  if (ready === 0 && carries) {
    return {
      reason: 'CanaryLost',
      message: "None of the new revision's instances is ready, and users are sent to it.",
      rule: null,
    };
  }
  return null;
}
