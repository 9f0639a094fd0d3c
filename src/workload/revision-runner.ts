/** What keeps the instances of one revision, whatever they are: processes, or endpoints that exist by themselves. */
import type { Problem } from '../lib/result.ts';
import type { InstanceRecord } from './process-records.ts';
import type { RevisionSpec } from './revision-spec.ts';
import type { RevisionState } from './workload.ts';

export interface RevisionRunner {
  state(): RevisionState;
  /** Origins that may get requests: ready, and not about to leave. */
  ready(): readonly string[];
  /** Ports that its processes hold; none where they are not ours. */
  readonly ports: readonly number[];
  /** Paths of what its processes write. */
  readonly logs: readonly string[];
  /** Takes up what an earlier controller started, before anything else is asked; settles after the first probes. */
  resume(records: readonly InstanceRecord[], wanted: number): Promise<void>;
  /** Why the revision can't be this; null when it can. */
  objection(spec: RevisionSpec): Problem | null;
  /** Changes what runs towards `replicas` of a spec without objection; settles when it is under way, not when it is reached. */
  ensure(spec: RevisionSpec, replicas: number): Promise<void>;
  /** Stops looking; leaves everything running. */
  close(): void;
  /** Ends everything at once and forgets it. */
  stop(): Promise<void>;
}

/** What a runner asks of the workload that it belongs to. */
export interface RunnerHooks {
  /** Something about an instance changed. */
  changed(): void;
  /** Takes an origin out of the data plane; settles when nothing is sent there any more, or that can't be had. */
  detach(origin: string): Promise<void>;
  /** Nothing of the revision is wanted or left. */
  empty(): void;
}
