/** One attempt to deliver one revision: everything that the controller knows of it, and nothing it does not store. */
import type { RollbackPoint } from '../backup/snapshots.ts';
import type { CounterMemory } from '../metrics/counter-memory.ts';
import type { RuleSet } from '../rules/rule.ts';
import type { RuleState } from '../verdict/rule-state.ts';
import type { Dispersion, JudgeSettings } from '../verdict/settings.ts';
import type { Verdict } from '../verdict/verdict.ts';
import type { Approval } from './approval-demand.ts';
import type { ReleaseCheck } from './check-demand.ts';
import type { Gate } from './gate-demand.ts';
import type { OwnRollback } from './own-rollback.ts';
import type { Plan } from './plan.ts';
import type { StartNote } from './start-note.ts';
import type { Task } from './task.ts';
import type { TrafficBook } from './traffic-book.ts';

/** Where it is. Each member has only its own fields; times are epoch ms, durations ms that were earned or spent. */
export type Phase =
  /** Instances are started and waited for; no traffic yet. */
  | { readonly phase: 'preparing'; readonly spentMs: number }
  /**
   * The step's weight is desired, not yet seen in the traffic. `waitedMs`: until it was applied (scaling, writing); `spentMs`: since then;
   * `bakedMs`: earned before the share had to be verified anew, 0 at first.
   */
  | {
      readonly phase: 'shifting';
      readonly step: number;
      readonly waitedMs: number;
      readonly spentMs: number;
      readonly bakedMs: number;
    }
  | { readonly phase: 'baking'; readonly step: number; readonly bakedMs: number; readonly verified: Verification }
  /** At 100 %: stable's backend becomes the new revision, then the weight goes to 0. */
  | { readonly phase: 'promoting'; readonly spentMs: number }
  | { readonly phase: 'watching'; readonly watchedMs: number }
  /**
   * All traffic back to stable; `undo` also makes the previous revision stable again (from promoting or watching). `from`: canary percent that
   * was applied; `spentMs` since the decision; `drainedMs` since the canary's last new request; `emptyAtMs`: nothing of it is open any more.
   */
  | {
      readonly phase: 'rollingBack';
      readonly cause: Cause;
      readonly from: number;
      readonly undo: boolean;
      readonly spentMs: number;
      readonly zeroAtMs: number | null;
      readonly drainedMs: number;
      readonly emptyAtMs: number | null;
    }
  | { readonly phase: 'succeeded'; readonly endedAtMs: number }
  | {
      readonly phase: 'rolledBack';
      readonly cause: Cause;
      readonly endedAtMs: number;
      readonly zeroAtMs: number;
      /** null: not noted. */
      readonly emptyAtMs: number | null;
    }
  /** Ended without a verdict against it: superseded, or never had any traffic (never ready, aborted before). */
  | { readonly phase: 'failed'; readonly cause: Cause; readonly endedAtMs: number };

export type PhaseName = Phase['phase'];

/** How the step's weight was seen in the traffic before its clock started. */
export interface Verification {
  readonly by: 'requests' | 'newConnections' | 'config' | 'unverified' | 'off';
  /** Canary requests over all, percent; null when not counted. */
  readonly observedPercent: number | null;
  readonly requests: number;
}

/** Why something was decided: machine reason, sentence, and the rule if one decided. */
export interface Cause {
  readonly reason: string;
  readonly message: string;
  readonly rule: string | null;
  readonly atMs: number;
  readonly data: Readonly<Record<string, string | number | boolean | null>>;
}

/** Reasons to stand still that are not the gate's own; several can hold at once, and each is lifted by who set it. */
export interface Pause {
  /** `switch`: the data plane's dead man's switch; a person lifts it. */
  readonly by: 'person' | 'blind' | 'switch';
  readonly who: string;
  readonly reason: string;
  readonly sinceMs: number;
}

/** A warning that a person must answer. */
export interface Investigation {
  readonly rule: string;
  readonly openedAtMs: number;
  readonly spentMs: number;
  readonly message: string;
  readonly state: 'open' | 'escalated' | 'answered';
  readonly answer: { readonly who: string; readonly note: string; readonly atMs: number } | null;
  /** Somebody said that they look at it; left out: nobody yet. */
  readonly noted?: { readonly who: string; readonly note: string; readonly atMs: number };
}

/** A person's standing orders, consumed by the gate. */
export interface Orders {
  readonly abort: Order | null;
  /** `promote`: end this step's bake; `promoteFull`: of all steps. */
  readonly promote: Order | null;
  readonly promoteFull: Order | null;
  /** The answer to `rollback: ask`. */
  readonly rollback: Order | null;
}

export interface Order {
  readonly who: string;
  /** Empty: none given. Without one a promote only ends the bake, it passes over nothing. */
  readonly reason: string;
  readonly atMs: number;
  /** Step that it was given at, -1 while preparing: a `promote` counts for no other one. */
  readonly step: number;
}

/** The split as far as this release has decided and seen it. */
export interface WeightBook {
  /** Decided: what the world must become. */
  readonly desired: number;
  /** Last read back from the router; null before the first look. */
  readonly applied: number | null;
  /** Highest that was both decided and read back: what may be written again after a data plane lost its weights. */
  readonly reached: number;
  /** When `applied` became what it is. */
  readonly appliedAtMs: number | null;
  /** Canary share of the requests since the weight was applied, percent. */
  readonly observedPercent: number | null;
  readonly observedRequests: number;
  readonly raisedAtMs: number | null;
  readonly firstTrafficAtMs: number | null;
  /** Times that somebody else's raise had to be put back. */
  readonly contested: number;
  /** A weight that a person lowered to: not passed until they resume. */
  readonly ceiling: number | null;
  /** Start of the data plane's process that carries the weight. */
  readonly routerStartedAtMs: number | null;
  /** Identity of the object that held the split when it was seen last; null: it has none, or nobody has looked. */
  readonly routeObject: string | null;
  /** Controller that looked last: another number means that this one has just taken over. */
  readonly seenByEpoch: number | null;
}

/** Time of the metrics' blindness, since sight was last lost (0 while they answer); and the extra bake that it costs. */
export interface Sight {
  readonly blindMs: number;
  readonly blindSinceMs: number | null;
  readonly totalBlindMs: number;
  /** Sighted bake that is still due after an outage, whatever was earned before it. */
  readonly oweMs: number;
  /** Source that answered last, and whether it was the fallback. */
  readonly source: string | null;
}

export interface Release {
  readonly id: string;
  readonly policy: string;
  readonly revision: string;
  /** What served before it, and gets everything back on a rollback; null on a first deployment. */
  readonly stableRevision: string | null;
  /** Instances that the revision runs with once it is stable; `fixed`: they exist already, as many as there are. */
  readonly size: { readonly baseline: number; readonly fixed: boolean };
  /** Compare-and-swap version of the stored record; 0 before it was ever saved. */
  readonly version: number;
  /** Format of this record; another one is never read by guessing. */
  readonly format: 1;
  readonly mode: 'enforce' | 'advise' | 'observe';
  readonly startedAtMs: number;
  /** Wall time of the last tick: a gap to the present is time without a controller. */
  readonly updatedAtMs: number;
  readonly startedBy: string;
  readonly plan: Plan;
  /** What was said about the rollback of this one, which `plan` has by then; null: nothing. */
  readonly ownRollback: OwnRollback | null;
  readonly rules: RuleSet;
  /** Its dispersion is that of the rules which have none of their own below. */
  readonly judge: JudgeSettings;
  /** By rule, as known when the release started. */
  readonly dispersion: Readonly<Record<string, Dispersion>>;
  /** What was noticed then. */
  readonly notes: readonly StartNote[];
  /** Critical rules that were classed not judgeable at a step when the release started: too little traffic. */
  readonly unjudgeable: readonly { readonly rule: string; readonly step: number }[];
  /** Every duration of plan and rules was divided by this; 1 outside demos and tests. */
  readonly compression: number;
  readonly phase: Phase;
  readonly weight: WeightBook;
  readonly pauses: readonly Pause[];
  readonly orders: Orders;
  readonly investigations: readonly Investigation[];
  /** What must be so before its first traffic, as last seen; as it was passed, from then on. */
  readonly gates: readonly Gate[];
  /** What was kept before anything of it was started; null: nothing (yet). */
  readonly rollbackPoint: RollbackPoint | null;
  /** Wanted before its first traffic, and what was said of each. */
  readonly approvals: readonly Approval[];
  /** Things outside that are asked on its way, and what was heard. */
  readonly checks: readonly ReleaseCheck[];
  /** What people do afterwards. */
  readonly tasks: readonly Task[];
  /** Set once, never cleared: the weight never rises again. */
  readonly latch: Cause | null;
  /** What the release is standing still for, as the gate said last; null while nothing objects. */
  readonly waiting: Cause | null;
  readonly sight: Sight;
  /** Counted towards the plan's limit. */
  readonly countedMs: number;
  readonly evidence: Evidence;
  /** As of the last look; for views, never for decisions. */
  readonly verdicts: readonly Verdict[];
  /** What became of the users' requests meanwhile; null: nothing counts them. */
  readonly traffic: TrafficBook | null;
  /** A person said after its end that it had been healthy. */
  readonly calledFalseAlarm: { readonly who: string; readonly reason: string; readonly atMs: number } | null;
  /** Revision that asked to take over; this one goes to 0 and ends. */
  readonly supersededBy: string | null;
  /** What was said about the rollback of that one; null: its plan says it. */
  readonly successorRollback: OwnRollback | null;
}

export interface Evidence {
  readonly rules: Readonly<Record<string, RuleState>>;
  readonly memory: CounterMemory;
}
