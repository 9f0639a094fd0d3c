/** Checks of where the release stands: nothing left to decide, the weight not live yet, the bake not over. */
import { bakeLeftMs, promoteOrder } from '../../release/bake.ts';
import { stepWeight } from '../../release/phase.ts';
import type { Release } from '../../release/release.ts';
import { shareDisagrees, shareTolerance } from '../../release/verify-share.ts';
import { span } from '../../verdict/words.ts';
import { type Hold, hold } from '../decision.ts';
import type { Facts, InstanceFacts } from '../facts.ts';

/** The weight rises no more: it is promoted, goes back, or is over. */
export function finished({ canary, release, route, stable }: Facts): Hold | null {
  const { phase, plan, revision, stableRevision } = release;
  switch (phase.phase) {
    case 'preparing':
    case 'shifting':
    case 'baking':
      return null;
    case 'promoting':
      return promoting(release, phase.spentMs, canary);
    case 'watching':
      return hold(
        'Watching',
        `${revision} is stable; a breach in the next ${span(Math.max(0, plan.watchMs - phase.watchedMs))} still takes it back.${startFirst(release, phase.watchedMs)}`,
      );
    case 'rollingBack':
      if (phase.zeroAtMs === null && stable.known && stable.ready === 0) return stableNotReady(release);
      return hold(
        'RollingBack',
        `${stableRevision ?? 'Nobody'} gets everything back. ${phase.cause.message}${withoutIt(route.problem)}`,
        phase.cause.rule,
      );
    case 'succeeded':
      return hold('Finished', `${revision} was promoted and has passed its watch.`);
    case 'rolledBack':
    case 'failed':
      return hold('Finished', phase.cause.message, phase.cause.rule);
  }
}

const startFirst = ({ plan: { readyWithinMs, standby }, stableRevision }: Release, watchedMs: number): string =>
  standby?.instances === 0 && watchedMs >= standby.afterMs && stableRevision !== null
    ? ` Nothing of ${stableRevision} runs any more: a return starts it first, which may take ${span(readyWithinMs)}.`
    : '';

const withoutIt = (problem: string | null): string =>
  problem === null ? '' : ` Not everywhere yet: ${problem}. It is tried until it answers.`;

const stableNotReady = ({ revision, stableRevision }: Release): Hold =>
  hold(
    'StableNotReady',
    `No instance of ${stableRevision ?? 'stable'} is ready to take ${revision}'s traffic back: it is started, and gets everything with its first ready one. Look at it now.`,
  );

function promoting({ plan, revision, weight }: Release, spentMs: number, canary: InstanceFacts): Hold {
  if (weight.ceiling !== null) {
    return hold(
      'WeightLowered',
      `Somebody lowered the weight to ${weight.ceiling} % while ${revision} was being promoted. Resume promotes it, abort takes it back.`,
    );
  }
  const missing = canary.known && !canary.enough ? instancesMissing(revision, canary) : null;
  if (spentMs < plan.scaleWithinMs) {
    if (missing?.reason === 'InstanceFailed') return missing;
    if (missing !== null) return hold('Promoting', `${missing.message} Then stable's backend becomes ${revision}.`);
    return hold('Promoting', `Stable's backend becomes ${revision}, then the weight goes to 0.`);
  }
  return hold(
    'PromotionStalled',
    `Promotion of ${revision} is not done after ${span(spentMs)}. ${missing === null ? '' : `${missing.message} `}Look at router and instances; abort takes it back.`,
  );
}

/** Fewer than the release needs now: they are on their way, or one of them failed. */
function instancesMissing(revision: string, { ready, trouble, wanted }: InstanceFacts): Hold {
  const there = `${ready} of ${wanted} instances of ${revision} are ready.`;
  return trouble === ''
    ? hold('StartingInstances', there)
    : hold('InstanceFailed', `${there} One of them: ${trouble.replace(/\.$/, '')}.`);
}

/** What was decided is not what users get yet, or nobody can tell. */
export function weightNotLive(facts: Facts): Hold | null {
  const { canary, release, route } = facts;
  const { phase, weight } = release;
  if (!canary.known || !canary.enough) {
    return instancesMissing(release.revision, canary);
  }
  if (!route.fresh)
    return hold(
      'RouteUnknown',
      `The route can't be read${route.problem === null ? '' : `: ${route.problem}`}. Nothing is raised on an old reading.`,
    );
  if (phase.phase === 'preparing') return null;
  if (weight.applied !== weight.desired) {
    return hold(
      'WeightNotApplied',
      `Weight ${weight.desired} % is decided, the router carries ${weight.applied ?? 'nothing known'} %.`,
    );
  }
  return phase.phase === 'shifting' ? unseen(release, phase.spentMs) : null;
}

function unseen(release: Release, spentMs: number): Hold {
  const { plan, weight } = release;
  const observed =
    weight.observedPercent === null
      ? 'no requests so far'
      : `${weight.observedPercent.toFixed(1)} % of ${weight.observedRequests} requests`;
  if (!shareDisagrees(release)) {
    return hold(
      'VerifyingShare',
      `Weight ${weight.desired} % is applied; seen: ${observed}. The bake begins when they agree, or after ${span(Math.max(0, plan.verifyWithinMs - spentMs))} with too few requests to tell.`,
    );
  }
  const within = shareTolerance(weight).toFixed(1);
  return hold(
    'ShareDisagrees',
    `Weight ${weight.desired} % is applied, but the canary gets ${observed}, more than ${within} points off after ${span(spentMs)}. Something else splits this traffic: look for it; the bake has not begun.`,
  );
}

/** The step has not been watched for as long as planned, and nobody has ended it. */
export function stillBaking({ release }: Facts): Hold | null {
  const leftMs = bakeLeftMs(release);
  if (leftMs === null || leftMs === 0 || promoteOrder(release) !== null) return null;
  const word = release.mode === 'advise' ? ' by promote,' : '';
  return hold(
    'StillBaking',
    `${stepWeight(release) ?? 0} % bakes for another ${span(leftMs)}; ${nextOf(release)}${word} if nothing objects.`,
  );
}

const nextOf = ({ phase, plan }: Release): string => {
  const next = 'step' in phase ? plan.steps[phase.step + 1] : undefined;
  return next === undefined ? 'then it is promoted' : `then ${next.weight} %`;
};
