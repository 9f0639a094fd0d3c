/** What each order does to a release in the phase that it is in: one sentence, true of the gate. */
import { bakeLeftMs } from '../release/bake.ts';
import { isOpen } from '../release/investigation.ts';
import { isForward, isPromoted, stepOf, stepWeight } from '../release/phase.ts';
import type { Release } from '../release/release.ts';
import { span } from '../verdict/words.ts';

export type OfferName = 'pause' | 'resume' | 'promote' | 'promoteFull' | 'abort' | 'retry';

const pause = (release: Release): string => {
  if (!isForward(release)) return 'Changes nothing: its weight does not rise any more.';
  const stays =
    release.phase.phase === 'preparing' ? 'no user meets the canary' : `the weight stays ${present(release)} %`;
  return `Holds it here until somebody resumes: ${stays}, no bake is earned, and a critical breach still rolls it back.`;
};

const present = ({ weight }: Release): number => weight.applied ?? weight.desired;

const resume = (release: Release): string => {
  const { pauses, weight } = release;
  const parts = [
    ...(pauses.some(({ by }) => by === 'person') ? ['lifts the pause'] : []),
    ...(weight.ceiling === null ? [] : [`raises the weight from ${weight.ceiling} % to ${weight.desired} % again`]),
    ...release.investigations.filter(isOpen).map(({ rule }) => `answers for ${rule}`),
  ];
  const done = parts.length === 0 ? 'changes nothing' : parts.join(', ');
  return `${done.charAt(0).toUpperCase()}${done.slice(1)}; it goes on when nothing else objects.`;
};

const promote = (release: Release): string => {
  const { phase, plan } = release;
  const step = stepOf(phase);
  if (step === null) return 'Changes nothing: its weight does not rise any more.';
  const leftMs = bakeLeftMs(release);
  const next = plan.steps[step + 1];
  const then = next === undefined ? `${release.revision} becomes stable` : `the weight goes to ${next.weight} %`;
  const skips = leftMs === null || leftMs === 0 ? '' : `Ends this bake ${span(leftMs)} early: `;
  const when = `${then} as soon as ${phase.phase === 'baking' ? 'nothing else objects' : waitsFor(phase.phase)}`;
  return `${skips}${skips === '' ? capital(when) : when}; ${withReason}${afterHolds(release)}.`;
};

const waitsFor = (phase: string): string =>
  phase === 'preparing' ? 'the canary is ready' : 'the present weight is seen in the traffic';

/** S1: what a recorded reason passes over, and what nothing does. */
const withReason = 'with a reason it also passes over a rule without a pass, never over a critical breach';

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

/** Checks that stand before the bake in the gate: the order waits for them. */
const afterHolds = ({ investigations, pauses, weight }: Release): string => {
  const held = pauses.some(({ by }) => by !== 'blind') || weight.ceiling !== null || investigations.some(isOpen);
  return held ? '; it is held, so only after a resume' : '';
};

const promoteFull = (release: Release): string => {
  const step = stepOf(release.phase);
  if (step === null) return 'Changes nothing: its weight does not rise any more.';
  const left = release.plan.steps.slice(step + 1).map(({ weight }) => `${weight} %`);
  const way = [...left, `${release.revision} becomes stable`].join(', then ');
  return `Ends this bake and all others: ${way}, each weight seen in the traffic before the next; rules without a pass are passed over, a critical breach never${afterHolds(release)}.`;
};

const abort = (release: Release): string => {
  const { mode, revision, stableRevision, weight } = release;
  const frozen = `${revision} is not started again before a retry`;
  if (mode === 'observe') return `Ends the observation; traffic and instances stay as they are, and ${frozen}.`;
  if (isPromoted(release))
    return `Makes ${stableRevision ?? 'the revision before'} stable again, for all users, and ends ${revision}'s instances; ${frozen}.`;
  if (weight.firstTrafficAtMs === null && weight.desired === 0)
    return `Ends it before any user has met it, and its instances with it; ${frozen}.`;
  return `Takes the weight from ${stepWeight(release) ?? present(release)} % to 0 at once: ${stableRevision ?? 'nobody'} serves everybody, then ${revision}'s instances end; ${frozen}.`;
};

const retry = ({ plan, policy, revision }: Release): string =>
  `Starts ${revision} again as a new release, from the beginning (first ${plan.steps[0]?.weight ?? 100} %); whatever else is being released of ${policy} makes way first.`;

export const offerWords: Readonly<Record<OfferName, (release: Release) => string>> = {
  pause,
  resume,
  promote,
  promoteFull,
  abort,
  retry,
};
