/** Everything that the gate's checks may know, gathered by the loop at one moment; the checks read nothing else. */
import type { Release } from '../release/release.ts';
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
  /** Approvals that are wanted and missing. */
  readonly missingApprovals: readonly string[];
}

export interface RouteFacts {
  /** Last read answered and is younger than two polls: an advance needs it. */
  readonly fresh: boolean;
  /** Canary percent read back; null when never read. */
  readonly applied: number | null;
  /** Why it could not be read, or a person's or manager's change; null: as decided. */
  readonly problem: string | null;
  /** The weights differ from what was decided here, and who did it where that is known. */
  readonly drift: { readonly by: 'person' | 'gitops' | 'unknown'; readonly to: number } | null;
  readonly latched: boolean;
}

export interface InstanceFacts {
  readonly wanted: number;
  readonly ready: number;
  readonly restarts: number;
  /** Failed for good: reason and sentence. */
  readonly failure: { readonly reason: string; readonly message: string } | null;
  /** Health probes of instances that get no traffic. */
  readonly probes: 'pass' | 'fail' | 'gone';
}

export interface CheckFact {
  readonly name: string;
  readonly state: 'passed' | 'failed' | 'pending';
  readonly message: string;
}
