/** Port: which endpoints each backend of the data plane sends to. Absolute and fenced by the controller's epoch. */
import type { Result } from '../lib/result.ts';

export interface BackendChange {
  readonly backend: 'stable' | 'canary';
  /** Revision that the endpoints run; null together with no endpoints. */
  readonly revision: string | null;
  /** Origins, `http://host:port`; requests go round them in turn. */
  readonly endpoints: readonly string[];
  readonly epoch: number;
}

export interface BackendTarget {
  readonly revision: string | null;
  readonly endpoints: readonly string[];
}

export interface BackendTargets {
  readonly stable: BackendTarget;
  readonly canary: BackendTarget;
}

export interface Backends {
  /**
   * Points a backend at endpoints; the next request uses them, open ones end where they are. Idempotent; never rejects.
   * Refuses (`Refused`) to leave a backend that gets traffic without endpoints, and to put another revision under a canary that gets traffic;
   * `Fenced` for a lower epoch; `Unreachable` or `Unknown` (it may have landed: say it again) when the data plane did not answer.
   */
  point(change: BackendChange): Promise<Result<void>>;
  current(): Promise<Result<BackendTargets>>;
  /** Whether no part of the data plane may still send where it was pointed before, as far as was last seen. */
  allHeard(): boolean;
}
