/** Why a write of the weights may not be made, whatever holds the split: ordered named checks, the first objection decides. */
import type { RouteState, WeightWrite, WriteFailure, WriteProblem } from './router.ts';

/** What is known of a split before a write. */
export interface SplitSeen
  extends Pick<RouteState, 'canary' | 'version' | 'epoch' | 'release' | 'canaryReady' | 'stableReady'> {
  /** Releases that were taken back: none of them is ever raised again. */
  readonly latched: readonly string[];
}

type WriteCheck = (split: SplitSeen, write: WeightWrite) => WriteProblem | null;

const problem = (reason: WriteFailure, message: string): WriteProblem => ({ reason, message });

/** A controller with a higher epoch has written: this one is out of office. */
export function fenced(split: Pick<SplitSeen, 'epoch'>, epoch: number): WriteProblem | null {
  if (epoch >= split.epoch) return null;
  return problem('Fenced', `epoch ${epoch} is over, epoch ${split.epoch} owns the split: stop writing`);
}

const malformed: WriteCheck = (split, { canary, latch }) => {
  if (!Number.isInteger(canary) || canary < 0 || canary > 100) {
    return problem('Refused', `canary weight ${canary} is no integer from 0 to 100`);
  }
  if (latch && canary > split.canary)
    return problem('Refused', `the latch goes with a decrease, not from ${split.canary} to ${canary}`);
  return null;
};

const latchedRaise: WriteCheck = (split, { canary, release }) => {
  if (canary <= split.canary || !split.latched.includes(release)) return null;
  return problem('Refused', `release ${release} was taken back and is never raised again: retry as a new release`);
};

const staleRaise: WriteCheck = (split, { canary, ifVersion }) => {
  if (canary <= split.canary || ifVersion === split.version) return null;
  const quoted = ifVersion === null ? 'no version' : `version ${ifVersion}`;
  return problem(
    'Conflict',
    `a raise from ${split.canary} to ${canary} quoted ${quoted}, the split is at ${split.version}: read it again`,
  );
};

/** A decrease is absolute, but one that quotes a version means it. */
const staleDecrease: WriteCheck = (split, { canary, ifVersion }) => {
  if (canary > split.canary || ifVersion === null || ifVersion === split.version) return null;
  return problem('Conflict', `the write quoted version ${ifVersion}, the split is at ${split.version}: read it again`);
};

/**
 * Another release may take over an idle split only, and a late decrease of an old release lowers no newer one. Taking it to 0 on its
 * present version is not late: so is put back what somebody raised while no release ran.
 */
const anothersTraffic: WriteCheck = (split, { canary, ifVersion, release }) => {
  if (split.canary === 0 || split.release === release) return null;
  if (canary === 0 && ifVersion === split.version) return null;
  return problem(
    'Conflict',
    `the split carries ${split.canary} % for release ${split.release}, not for ${release}: take that to 0 first`,
  );
};

const trafficToNothing: WriteCheck = (split, { canary }) => {
  if (canary === split.canary) return null;
  if (canary > 0 && !split.canaryReady) return problem('Refused', `canary has no endpoints, it can't get ${canary} %`);
  if (canary < 100 && !split.stableReady)
    return problem('Refused', `stable has no endpoints, it can't get ${100 - canary} %`);
  return null;
};

const writeChecks: readonly WriteCheck[] = [
  (split, { epoch }) => fenced(split, epoch),
  malformed,
  latchedRaise,
  anothersTraffic,
  staleRaise,
  staleDecrease,
  trafficToNothing,
];

export function objectionToWrite(split: SplitSeen, write: WeightWrite): WriteProblem | null {
  for (const check of writeChecks) {
    const objection = check(split, write);
    if (objection !== null) return objection;
  }
  return null;
}

/** Streams are ended only on a canary that gets no new ones. */
export function objectionToDrain(split: Pick<SplitSeen, 'epoch' | 'canary'>, epoch: number): WriteProblem | null {
  const objection = fenced(split, epoch);
  if (objection !== null || split.canary === 0) return objection;
  return problem('Refused', `canary still gets ${split.canary} %: take it to 0 before its streams are ended`);
}
