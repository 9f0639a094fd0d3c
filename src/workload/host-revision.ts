/** A revision that commands put on hosts: as many of the fleet's hosts as are wanted. */
import { contentHash } from '../lib/content-hash.ts';
import type { Problem } from '../lib/result.ts';
import type { HostFleet } from './host-fleet.ts';
import type { InstanceRecord } from './process-records.ts';
import type { RevisionRunner, RunnerHooks } from './revision-runner.ts';
import type { HostsSpec, RevisionSpec } from './revision-spec.ts';
import type { RevisionState } from './workload.ts';

export interface HostRevisionOptions {
  readonly revision: string;
  readonly spec: HostsSpec;
  readonly fleet: HostFleet;
  readonly hooks: Pick<RunnerHooks, 'empty'>;
}

export class HostRevision implements RevisionRunner {
  readonly ports = [];
  readonly #options: HostRevisionOptions;
  #spec: HostsSpec;

  constructor(options: HostRevisionOptions) {
    this.#options = options;
    this.#spec = options.spec;
  }

  get logs(): readonly string[] {
    return this.#options.fleet.logs;
  }

  state(): RevisionState {
    return this.#options.fleet.state(this.#options.revision);
  }

  ready(): readonly string[] {
    return this.#options.fleet.ready(this.#options.revision);
  }

  async resume(_records: readonly InstanceRecord[], wanted: number): Promise<void> {
    this.#options.fleet.want(this.#options.revision, this.#spec, wanted);
  }

  objection(spec: RevisionSpec): Problem | null {
    const same = spec.kind === 'hosts' && (this.state().instances.length === 0 || sameOn(spec, this.#spec));
    return same ? null : otherRevision(this.#options.revision);
  }

  async ensure(spec: RevisionSpec, replicas: number): Promise<void> {
    if (spec.kind !== 'hosts') return;
    this.#spec = spec;
    this.#options.fleet.want(this.#options.revision, spec, replicas);
    if (replicas === 0) this.#options.hooks.empty();
  }

  /** The fleet is closed as a whole. */
  close(): void {}

  async stop(): Promise<void> {
    this.#options.fleet.want(this.#options.revision, this.#spec, 0);
  }
}

const sameOn = (a: HostsSpec, b: HostsSpec): boolean => contentHash(whatOf(a)) === contentHash(whatOf(b));

/** Everything that decides what is on a host. */
const whatOf = ({ artefact, commands, cwd, env }: HostsSpec): object => ({ artefact, commands, cwd, env });

function otherRevision(revision: string): Problem {
  const message = `${revision} is on hosts already, with other commands, environment or artefact; give what has changed another name`;
  return { reason: 'RevisionChanged', message, retryable: false };
}
