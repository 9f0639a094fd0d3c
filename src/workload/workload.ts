/** Port: the instances that run a revision, and which revision each backend serves. */
import type { Result } from '../lib/result.ts';
import type { RevisionSpec } from './revision-spec.ts';

export interface Instance {
  /** Stable over restarts of the controller. */
  readonly id: string;
  readonly url: string;
  readonly pid: number | null;
  readonly state: 'starting' | 'ready' | 'unready' | 'exited';
  readonly restarts: number;
  /** Why it is not ready, for people; empty when it is. */
  readonly message: string;
}

export interface RevisionState {
  readonly revision: string;
  readonly wanted: number;
  readonly instances: readonly Instance[];
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
  /** Makes `replicas` instances of the revision run (0 stops them). Absolute and idempotent; does not wait for readiness. */
  ensure(revision: string, spec: RevisionSpec, replicas: number): Promise<Result<void>>;
  /** Makes a backend send to the revision's instances (null: to none). Refuses to leave `stable` without a ready instance. */
  serve(backend: Backend, revision: string | null, epoch: number): Promise<Result<void>>;
}
