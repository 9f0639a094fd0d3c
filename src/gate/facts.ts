/** Everything that the gate's checks may know, gathered by the loop at one moment; the checks read nothing else. */
import type { Release } from '../release/release.ts';
import type { RouteWriter } from '../router/router.ts';
import type { Verdict } from '../verdict/verdict.ts';

export interface Facts {
  readonly nowMs: number;
  readonly release: Release;
  readonly verdicts: readonly Verdict[];
  readonly route: RouteFacts;
  readonly canary: InstanceFacts;
  readonly stable: InstanceFacts;
  /** Named checks that the step needs besides the rules (health, hooks): state and sentence. */
  readonly checks: readonly CheckFact[];
  /** Approvals that are wanted and missing, by name. */
  readonly missingApprovals: readonly string[];
}

export interface RouteFacts {
  /** Last read answered and is younger than two polls: an advance needs it. */
  readonly fresh: boolean;
  /** Canary percent read back; null when never read. */
  readonly applied: number | null;
  /** Why it could not be read; null: it was. */
  readonly problem: string | null;
  /** Who else wrote the route last; null: nobody, or it is not known. */
  readonly writer: RouteWriter | null;
}

export interface InstanceFacts {
  /** The workload answered; nothing below may be concluded from when it did not. */
  readonly known: boolean;
  readonly wanted: number;
  readonly ready: number;
  /** As many are ready as the present step wants. */
  readonly enough: boolean;
  readonly restarts: number;
  /** What keeps one of them from running, in a sentence; empty: nothing. */
  readonly trouble: string;
  /** Failed for good: reason and sentence. */
  readonly failure: { readonly reason: string; readonly message: string } | null;
  /** Health probes of instances that get no traffic. */
  readonly probes: 'pass' | 'fail' | 'gone';
}

export interface CheckFact {
  readonly name: string;
  readonly state: 'passed' | 'failed' | 'pending';
  /** A sentence without its full stop. */
  readonly message: string;
  /** What its failure does; `record`: nothing waits for it. */
  readonly onFail: 'rollback' | 'hold' | 'record';
}
