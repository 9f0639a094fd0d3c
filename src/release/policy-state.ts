/** What a release's fate means for its policy: which revision is stable, which was before it, which are frozen. */
import { failed, ok, type Result } from '../lib/result.ts';
import { withFrozen } from './frozen-revisions.ts';
import type { Release } from './release.ts';
import type { PolicyState } from './store.ts';

/**
 * Folds a release into its policy; idempotent, and the same object when nothing changes. To be saved before the release's own
 * ending is, so that a crash between the two does it again instead of never.
 */
export function policyAfter(state: PolicyState, release: Release): PolicyState {
  const { phase, revision, stableRevision } = release;
  switch (phase.phase) {
    case 'watching':
    case 'succeeded':
      return state.stable === revision ? state : { ...state, stable: revision, previous: stableRevision };
    case 'rollingBack':
      return freezes(phase.cause.reason) ? withFrozen(undone(state, release), revision) : undone(state, release);
    case 'rolledBack':
    case 'failed':
      return freezes(phase.cause.reason) ? withFrozen(undone(state, release), revision) : undone(state, release);
    case 'preparing':
    case 'shifting':
    case 'baking':
    case 'promoting':
      return state;
  }
}

/** A newer revision's coming says nothing against the one that made way, and what somebody else drives is judged as often as they try it. */
const freezes = (reason: string): boolean => reason !== 'Superseded' && reason !== 'DriverTookBack';

const undone = (state: PolicyState, { revision, stableRevision }: Release): PolicyState =>
  state.stable === revision && stableRevision !== null ? { ...state, stable: stableRevision, previous: null } : state;

/** Lets a failed revision be tried again: `begin` makes the new release from the answer. Fails with `NotRetryable` while it runs or where it succeeded and nobody set its revision aside since. */
export function retry(state: PolicyState, release: Release): Result<PolicyState> {
  const { id, phase, revision } = release;
  const isSetAside = phase.phase === 'succeeded' && state.frozen.includes(revision);
  if (phase.phase !== 'rolledBack' && phase.phase !== 'failed' && !isSetAside) {
    const message = `${id} is ${phase.phase}: only a release that was rolled back or failed, or whose revision was set aside, is tried again`;
    return failed({ reason: 'NotRetryable', message, retryable: false });
  }
  const isFrozen = state.frozen.includes(revision);
  return ok(isFrozen ? { ...state, frozen: state.frozen.filter((each) => each !== revision) } : state);
}
