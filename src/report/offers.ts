/** What a person may order of a release now, why not where they may not, and exactly what each order will do. */
import { command } from '../release/command.ts';
import { isForward, isOver, stepOf } from '../release/phase.ts';
import { retry } from '../release/policy-state.ts';
import type { Release } from '../release/release.ts';
import type { PolicyState } from '../release/store.ts';
import { type OfferName, offerWords } from './offer-words.ts';

export type { OfferName } from './offer-words.ts';

export interface Offer {
  readonly name: OfferName;
  readonly allowed: boolean;
  /** Why not, one sentence; null: it is allowed. Whether the caller has the right to order anything is not asked here. */
  readonly why: string | null;
  /** What happens then, one sentence. */
  readonly does: string;
  /** An order without a reason is refused. */
  readonly reasonNeeded: boolean;
  /** Last part of the address to post to. */
  readonly action: 'pause' | 'resume' | 'promote' | 'abort' | 'retry';
  /** What the body holds beside revision, reason and who. */
  readonly body: Readonly<Record<string, string | number | boolean>>;
  /** As it is typed after `sluice`. */
  readonly command: string;
}

const names: readonly OfferName[] = ['pause', 'resume', 'promote', 'promoteFull', 'abort', 'retry'];

/** `policy` null: what is known of the policy can't be read, so nothing is retried. */
export const offers = (release: Release, policy: PolicyState | null): readonly Offer[] =>
  names.map((name) => {
    const why = objection(name, release, policy);
    const step = stepOf(release.phase);
    const isPromote = name === 'promote' || name === 'promoteFull';
    return {
      name,
      allowed: why === null,
      why,
      does: offerWords[name](release),
      reasonNeeded: name !== 'promote',
      action: name === 'promoteFull' ? 'promote' : name,
      body: {
        ...(name === 'promoteFull' ? { full: true } : {}),
        ...(isPromote && step !== null ? { step: step + 1 } : {}),
      },
      command: commandText(name, release.id),
    };
  });

const commandText = (name: OfferName, id: string): string => {
  if (name === 'promote') return `promote ${id}`;
  return `${name === 'promoteFull' ? `promote ${id} --full` : `${name} ${id}`} --reason TEXT`;
};

const objection = (name: OfferName, release: Release, policy: PolicyState | null): string | null =>
  name === 'retry'
    ? notRetryable(release, policy)
    : (refusedBy(name, release) ?? withoutEffect[name]?.(release) ?? null);

/** Asked of the very function that takes the order. */
const refusedBy = (kind: Exclude<OfferName, 'retry'>, release: Release): string | null => {
  const { revision, updatedAtMs } = release;
  const given = command(release, { kind, revision, who: 'somebody', reason: 'asked', atMs: updatedAtMs });
  if (!given.ok) return given.error.message;
  return given.value.log.length === 0 ? nothingNew[kind] : null;
};

const nothingNew: Readonly<Record<Exclude<OfferName, 'retry'>, string>> = {
  pause: 'it is paused already',
  resume: 'nothing is paused, lowered or to be answered',
  promote: 'the end of this bake is ordered already',
  promoteFull: 'the end of all bakes is ordered already',
  abort: 'it goes back already',
};

/** Orders that would be taken, and change nothing. */
const withoutEffect: Partial<Readonly<Record<OfferName, (release: Release) => string | null>>> = {
  pause: (release) =>
    isForward(release) ? null : 'its weight does not rise any more: there is nothing to pause, abort takes it back',
  promote: (release) => neverRises(release),
  promoteFull: (release) => neverRises(release),
  abort: ({ phase, stableRevision }) =>
    stableRevision === null && (phase.phase === 'promoting' || phase.phase === 'watching')
      ? 'this is the first revision, nothing was stable before it: release one that is better'
      : null,
};

const neverRises = ({ latch, mode, orders, supersededBy }: Release): string | null => {
  if (mode === 'observe') return 'it is only observed: whoever drives the rollout moves it on';
  if (latch !== null) return `a breach is on record, the weight never rises again: ${latch.message}`;
  if (orders.abort !== null) return 'it is aborted';
  return supersededBy === null ? null : `it makes way for ${supersededBy}`;
};

const notRetryable = (release: Release, policy: PolicyState | null): string | null => {
  if (policy === null) return 'nothing is known of its policy here';
  if (policy.stable === release.revision && isOver(release)) return `${release.revision} is stable already`;
  const thawed = retry(policy, release);
  return thawed.ok ? null : thawed.error.message;
};
