/** What the objects of a namespace tell, without a controller: releases and policies as they were written last; orders are for the one that leads. */
import type { KubeClient } from '../../kube/client.ts';
import type { KubeObject } from '../../kube/object.ts';
import type { Clock } from '../../lib/clock.ts';
import { failed, ok, type Problem, type Result } from '../../lib/result.ts';
import { noLooks } from '../../release/journal.ts';
import { KubernetesStore } from '../../release/kubernetes-store.ts';
import { readSegments, verifySegments } from '../../release/kubernetes-trail.ts';
import { LogTrail } from '../../release/log-trail.ts';
import { isOver } from '../../release/phase.ts';
import type { Release } from '../../release/release.ts';
import type { TrailEntry, TrailFilter } from '../../release/trail.ts';
import type { PolicySummary } from '../../report/policy-summary.ts';
import type { Alive, Controls, Ready } from '../../server/controls.ts';
import { policiesFolder } from './policies-folder.ts';
import { readWish } from './wish-reader.ts';

export interface ReadingOptions {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly clock: Clock;
  /** Told of a release that is under way and was not written for a while. */
  readonly stale: (release: Release, ageMs: number) => void;
  /** Who leads, where this is a controller that waits for its turn; answers null where nobody does, or it is not known. */
  readonly leader?: () => Promise<string | null>;
  /** Told why what the judge read, which stands in a ConfigMap, is left out: whoever asks may not read it. */
  readonly withheld: (why: string) => void;
}

/** A release under way is written at least so often, and then some. */
const staleMs = 120_000;

export class ReadingControls implements Controls {
  readonly #options: ReadingOptions;

  constructor(options: ReadingOptions) {
    this.#options = options;
  }

  async start(..._request: Parameters<Controls['start']>): ReturnType<Controls['start']> {
    return failed(await this.#elsewhere());
  }

  async act(..._order: Parameters<Controls['act']>): ReturnType<Controls['act']> {
    return failed(await this.#elsewhere());
  }

  async attest(..._result: Parameters<Controls['attest']>): ReturnType<Controls['attest']> {
    return failed(await this.#elsewhere());
  }

  async setStable(..._given: Parameters<Controls['setStable']>): ReturnType<Controls['setStable']> {
    return failed(await this.#elsewhere());
  }

  async backups(..._asked: Parameters<Controls['backups']>): ReturnType<Controls['backups']> {
    return failed(await this.#elsewhere());
  }

  async backup(..._asked: Parameters<Controls['backup']>): ReturnType<Controls['backup']> {
    return failed(await this.#elsewhere());
  }

  async restore(..._asked: Parameters<Controls['restore']>): ReturnType<Controls['restore']> {
    return failed(await this.#elsewhere());
  }

  async release(id: string): Promise<Result<Release | null>> {
    const read = told(await this.#store().release(id));
    if (read.ok && read.value !== null) this.#age(read.value);
    return read;
  }

  async releases(filter: Parameters<Controls['releases']>[0]): ReturnType<Controls['releases']> {
    const read = told(await this.#store().releases(filter));
    if (read.ok) for (const release of read.value) this.#age(release);
    return read;
  }

  log(id: string, last?: number): ReturnType<Controls['log']> {
    return this.#store().log(id, last);
  }

  async journal(id: string): ReturnType<Controls['journal']> {
    const read = await this.#store().journal(id);
    if (read.ok || read.error.reason !== 'Forbidden') return read;
    this.#options.withheld(read.error.message);
    return ok({ ...noLooks, cut: true });
  }

  policy(name: string): ReturnType<Controls['policy']> {
    return this.#store().policy(name);
  }

  async policies(filter?: Parameters<Controls['policies']>[0]): Promise<Result<readonly PolicySummary[]>> {
    const { client, namespace } = this.#options;
    const listed = told(await client.list(policiesFolder(namespace)));
    if (!listed.ok) return listed;
    const summaries: PolicySummary[] = [];
    for (const object of listed.value.objects) {
      const { name } = object.metadata;
      if (filter !== undefined && filter.name !== name) continue;
      const state = await this.#store().policy(name);
      if (!state.ok) return state;
      const { stable = null, previous = null, frozen = [] } = state.value ?? {};
      const file = `ReleasePolicy ${namespace}/${name}`;
      const asked = filter === undefined ? null : await readWish(client, namespace, object);
      summaries.push({ name, namespace, file, stable, previous, frozen, problem: problemOf(object), asked });
    }
    return ok(summaries);
  }

  get records(): Controls['records'] {
    const elsewhere = async (): Promise<Result<never>> => failed(await this.#elsewhere());
    return {
      deliveries: elsewhere,
      trail: (filter) => this.#trail(filter),
      verify: () => verifySegments(this.#options),
    };
  }

  async rules(): Promise<Result<never>> {
    return failed(await this.#elsewhere());
  }

  instances(): null {
    return null;
  }

  events(): () => void {
    return () => undefined;
  }

  alive(): Alive {
    return { ok: true, ageMs: 0 };
  }

  ready(): Ready {
    const waits = this.#options.leader !== undefined;
    return { ok: !waits, missing: waits ? ['standby: another controller leads, or none yet'] : [] };
  }

  /** Whoever may not read ConfigMaps gets what the logs of releases say. */
  async #trail(filter: TrailFilter): Promise<Result<readonly TrailEntry[]>> {
    const read = await readSegments(this.#options, filter);
    if (read.ok || read.error.reason !== 'Forbidden') return read;
    this.#options.withheld(read.error.message);
    return new LogTrail(this.#store()).trail(filter);
  }

  /** A new one each time: what one remembers is right for who writes, and nobody writes here. */
  #store(): KubernetesStore {
    const { client, namespace } = this.#options;
    return new KubernetesStore({ client, namespace, epoch: 0, holds: () => false });
  }

  #age(release: Release): void {
    const ageMs = this.#options.clock.wallMs() - release.updatedAtMs;
    if (!isOver(release) && ageMs > staleMs) this.#options.stale(release, ageMs);
  }

  async #elsewhere(): Promise<Problem> {
    const { leader, namespace } = this.#options;
    if (leader !== undefined) return standby(namespace, await leader());
    return {
      reason: 'OrdersElsewhere',
      message: [
        'this is for the controller that leads, under a name that the API server knows. Reach it:',
        '  kubectl -n sluice port-forward service/sluice 7581    (where it is installed)',
        `  kubectl -n ${namespace} create token ACCOUNT --audience sluice > token`,
        '  sluice --server http://127.0.0.1:7581 --token-file token COMMAND',
        `of several namespaces: --server http://127.0.0.1:7581/namespaces/${namespace}`,
      ].join('\n'),
      retryable: false,
    };
  }
}

/** In the sentence the way that needs no certain controller comes first. */
const standby = (namespace: string, leader: string | null): Problem => ({
  reason: 'Standby',
  message: [
    `this controller waits for its turn, and nothing was done: ${leader === null ? 'nobody leads yet' : `${leader} leads`}. Give the order through the API server,`,
    `  sluice COMMAND -n ${namespace}`,
    'or to the one that leads (kubectl port-forward pod/NAME 7581)',
  ].join('\n'),
  retryable: true,
});

/** What is wrong with it, as its controller says. */
function problemOf(object: KubeObject): string | null {
  const { conditions = [] } = (object['status'] ?? {}) as {
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message: string }[];
  };
  return conditions.find(({ type, status }) => type === 'RulesValid' && status === 'False')?.message ?? null;
}

/** Lists of kinds that the cluster does not know are not found. */
function told<T>(read: Result<T>): Result<T> {
  if (read.ok || read.error.reason !== 'NotFound') return read;
  const message = `this cluster does not know Sluice's objects: apply them with \`sluice crds | kubectl apply -f -\` (${read.error.message})`;
  return failed({ ...read.error, message });
}
