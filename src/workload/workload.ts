/** Port: the instances that run a revision, and which revision each backend serves. */
import type { Result } from '../lib/result.ts';
import type { RevisionSpec } from './revision-spec.ts';

export interface Instance {
  /** Stable over restarts of the controller. */
  readonly id: string;
  readonly url: string;
  /** Process that Sluice started; null: an endpoint that exists by itself, or not running now. */
  readonly pid: number | null;
  /** Working directory of the process, for the disk it fills; null: not ours. */
  readonly cwd: string | null;
  readonly state: 'starting' | 'ready' | 'unready' | 'exited';
  readonly restarts: number;
  /** Why it is not ready, for people; empty when it is. */
  readonly message: string;
}

export interface RevisionState {
  readonly revision: string;
  readonly wanted: number;
  readonly instances: readonly Instance[];
  /** Something else than Sluice sizes it, between bounds: nothing is made smaller. Left out: nothing does. */
  readonly autoscaled?: boolean;
  /** The same for what was only restarted, under whatever name; left out: not known. */
  readonly content?: string;
  /** Has failed for good: crash loop, command not found. */
  readonly failure: { readonly reason: string; readonly message: string } | null;
}

export interface WorkloadState {
  readonly observedAtMs: number;
  readonly revisions: readonly RevisionState[];
  /** Revision whose instances a backend sends to; null: none. */
  readonly serving: { readonly stable: string | null; readonly canary: string | null };
}

export type Backend = 'stable' | 'canary';

export interface Workload {
  /** Latest known state; never rejects. */
  observe(): Promise<Result<WorkloadState>>;
  /**
   * Makes `replicas` instances of the revision run (0 stops and forgets it). Absolute and idempotent; does not wait for readiness.
   * Refuses with `RevisionChanged` another spec under a name that runs, with `StillServed` to stop what stable serves.
   */
  ensure(revision: string, spec: RevisionSpec, replicas: number): Promise<Result<void>>;
  /**
   * Makes a backend send to the revision's ready instances (null: to none), and keeps it so as they change; a backend whose last
   * instance is lost keeps its endpoints. Refuses with `NoReadyInstance` to leave `stable` without one, with `UnknownRevision` what was not ensured.
   */
  serve(backend: Backend, revision: string | null, epoch: number): Promise<Result<void>>;
  /** Calls the listener soon after every change of an instance (ready, lost, failed); answers how to end that. */
  onChange(listener: () => void): () => void;
}
