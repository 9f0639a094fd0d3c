/** How a release goes to 100 %: the steps, how long each bakes, and the limits of the whole. */

export interface Step {
  /** Canary percent, 1-100. */
  readonly weight: number;
  readonly bakeMs: number;
  /** Canary instances wanted before this weight; null: what the weight needs (ceil of stable x weight / 100, at least 1). */
  readonly replicas: number | { readonly percentOfStable: number } | null;
  /** Fewer instances than the weight needs are meant; left out: they are refused. */
  readonly tooFew?: 'accepted';
}

export interface Standby {
  /** 0: a return has to start it first. */
  readonly instances: number;
  /** So long all of them run on. */
  readonly afterMs: number;
}

/** `newConnections`: sessions stay with their version, and only new ones show the weight. */
export type VerifyBy = 'requests' | 'newConnections' | 'config' | 'off';

export interface Plan {
  readonly steps: readonly Step[];
  readonly readyWithinMs: number;
  readonly scaleWithinMs: number;
  /** Limit of the whole release; time held by a person's pause, approvals or blindness is not counted. */
  readonly maxDurationMs: number;
  readonly watchMs: number;
  /** Counted from the promotion: what the rules read is recorded now and then, and nothing follows from it. 0, or left out by older releases: not. */
  readonly trendMs?: number;
  /** What the revision before keeps running in the watch; left out: all of it, until the watch is over. */
  readonly standby?: Standby;
  readonly verify: VerifyBy;
  readonly verifyWithinMs: number;
  readonly blindForMs: number;
  readonly blindMaxMs: number;
  /** What blindness beyond `blindMaxMs` does: below 50 % hold, from 50 % on roll back; or one of them always. */
  readonly onBlind: 'by-weight' | 'hold' | 'rollback';
  readonly answerWithinMs: number;
  /** An investigation that nobody answered. */
  readonly onUnanswered: 'hold' | 'rollback';
  /** The plan's limit was reached without a decision. */
  readonly onLimit: 'hold' | 'rollback';
  readonly rollback: 'auto' | 'ask' | 'forbidden';
  /** Who may say otherwise for one release; left out or empty: whoever may give orders. */
  readonly rollbackBy?: readonly string[];
  readonly drainMs: number;
  readonly whenUnjudgeable: 'checks' | 'hold' | 'refuse';
}

const minutes = (n: number): number => n * 60_000;

/** Most of what a watch finds, it finds soon. */
export const standbyOf = (instances: number): Standby => ({ instances, afterMs: minutes(10) });

export const defaultTrendMs = minutes(24 * 60);

/** Looks in the whole of it, at most: what they cost a metric source, and the journal, is bounded. */
const mostTrendLooks = 96;

/** How often trends are looked at: each 5 minutes, or more seldom. */
export const trendEveryMs = ({ trendMs = 0 }: Pick<Plan, 'trendMs'>, compression: number): number =>
  Math.max(minutes(5) / compression, trendMs / mostTrendLooks);

/** The runbook's plan, with a limit that fits its own bakes. */
export const defaultPlan: Plan = {
  steps: [
    { weight: 25, bakeMs: minutes(10), replicas: null },
    { weight: 50, bakeMs: minutes(15), replicas: null },
    { weight: 100, bakeMs: minutes(30), replicas: null },
  ],
  readyWithinMs: minutes(5),
  scaleWithinMs: minutes(10),
  maxDurationMs: minutes(120),
  watchMs: minutes(120),
  trendMs: defaultTrendMs,
  verify: 'requests',
  verifyWithinMs: minutes(2),
  blindForMs: minutes(5),
  blindMaxMs: minutes(30),
  onBlind: 'by-weight',
  answerWithinMs: minutes(15),
  onUnanswered: 'hold',
  onLimit: 'hold',
  rollback: 'auto',
  drainMs: 30_000,
  whenUnjudgeable: 'checks',
};
