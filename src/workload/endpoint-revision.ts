/** A revision whose instances exist already: they are probed, never started or stopped. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Problem } from '../lib/result.ts';
import { Prober, type ProbeTiming } from './prober.ts';
import type { InstanceRecord } from './process-records.ts';
import { isUndecided, starting } from './readiness.ts';
import type { RevisionRunner, RunnerHooks } from './revision-runner.ts';
import type { EndpointsSpec, RevisionSpec } from './revision-spec.ts';
import type { Instance, RevisionState } from './workload.ts';

export interface EndpointRevisionOptions {
  readonly revision: string;
  readonly spec: EndpointsSpec;
  readonly timing: ProbeTiming;
  readonly hooks: RunnerHooks;
}

/** Any number of replicas above 0 means all of the endpoints. */
export class EndpointRevision implements RevisionRunner {
  readonly ports = [];
  readonly logs = [];
  readonly #revision: string;
  readonly #spec: EndpointsSpec;
  readonly #timing: ProbeTiming;
  readonly #hooks: RunnerHooks;
  #probers: readonly { readonly origin: string; readonly prober: Prober }[] = [];
  #healthPath: string | null = null;

  constructor({ revision, spec, timing, hooks }: EndpointRevisionOptions) {
    this.#revision = revision;
    this.#spec = spec;
    this.#timing = timing;
    this.#hooks = hooks;
  }

  state(): RevisionState {
    const instances = this.#probers.map(({ origin, prober }, index): Instance => {
      const { state, message } = prober.readiness;
      const id = `${this.#revision}-${index + 1}`;
      return { id, url: origin, pid: null, cwd: null, state, restarts: 0, message };
    });
    return { revision: this.#revision, wanted: instances.length, instances, failure: null };
  }

  ready(): readonly string[] {
    return this.#probers.filter(({ prober }) => prober.readiness.state === 'ready').map(({ origin }) => origin);
  }

  /** Nothing was started: what exists is probed anew, as often as it takes, for users may depend on it already. */
  async resume(_records: readonly InstanceRecord[], wanted: number): Promise<void> {
    await this.#probe(this.#spec, wanted);
    while (this.#probers.some(({ prober }) => isUndecided(prober.readiness))) await delay(this.#timing.startingMs);
  }

  objection(spec: RevisionSpec): Problem | null {
    if (spec.kind !== 'endpoints') return otherKind(this.#revision);
    const bad = spec.urls.find((url) => originOf(url) === null);
    return bad === undefined ? null : badUrl(this.#revision, bad);
  }

  async ensure(spec: RevisionSpec, replicas: number): Promise<void> {
    if (spec.kind !== 'endpoints') return;
    void this.#probe(spec, replicas);
    this.#hooks.changed();
    if (replicas === 0) this.#hooks.empty();
  }

  /** Endpoints that stay keep what is known about them. Settles after the first probes of the others. */
  async #probe({ urls, healthPath }: EndpointsSpec, replicas: number): Promise<void> {
    const kept = healthPath === this.#healthPath ? this.#probers : [];
    this.#healthPath = healthPath;
    const fresh: Prober[] = [];
    const next = (replicas === 0 ? [] : originsOf(urls)).map((origin) => {
      const known = kept.find((entry) => entry.origin === origin);
      if (known !== undefined) return known;
      const prober = this.#prober(origin, healthPath);
      fresh.push(prober);
      return { origin, prober };
    });
    for (const entry of this.#probers) if (!next.includes(entry)) entry.prober.end();
    this.#probers = next;
    await Promise.all(fresh.map((prober) => prober.begin()));
  }

  #prober(origin: string, healthPath: string | null): Prober {
    return new Prober({
      target: { origin, healthPath },
      initial: starting,
      timing: this.#timing,
      onProbed: (now, before) => {
        if (now.state !== before.state) this.#hooks.changed();
      },
    });
  }

  close(): void {
    for (const { prober } of this.#probers) prober.end();
  }

  async stop(): Promise<void> {
    this.close();
    this.#probers = [];
  }
}

function originsOf(urls: readonly string[]): readonly string[] {
  return [...new Set(urls.map(originOf).filter((origin) => origin !== null))];
}

function originOf(url: string): string | null {
  const parsed = URL.parse(url);
  return parsed !== null && /^https?:$/.test(parsed.protocol) ? parsed.origin : null;
}

function badUrl(revision: string, url: string): Problem {
  const message = `endpoint "${url}" of ${revision} is not an http:// or https:// URL`;
  return { reason: 'InvalidEndpoint', message, retryable: false };
}

function otherKind(revision: string): Problem {
  const message = `${revision} is known as endpoints that exist already; give what is started by a command another name`;
  return { reason: 'RevisionChanged', message, retryable: false };
}
