/** Router adapter for objects of a Kubernetes API that split traffic: one conditional patch for each change, read back from its answer. */
import { randomUUID } from 'node:crypto';
import type { KubeClient } from '../kube/client.ts';
import type { KubeObject } from '../kube/object.ts';
import type { KubeProblem } from '../kube/problem.ts';
import type { KubeReads } from '../kube/viewed-client.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import { annotation, latchedToo, marksOf, versionOf } from './kubernetes/marks.ts';
import type { RouteKind } from './kubernetes/route-kind.ts';
import { percentOf, type Split } from './kubernetes/split.ts';
import { type Change, canBeOnOwner, weightPatch } from './kubernetes/weight-patch.ts';
import { writerOf } from './kubernetes/writer.ts';
import type { Router, RouteState, WeightWrite, WriteFailure, WriteProblem } from './router.ts';
import { fenced, objectionToDrain, objectionToWrite, type SplitSeen } from './write-objections.ts';

/** Where it has `seen`, looks that nothing is written on take what was last heard. */
export type RouteClient = KubeReads & Pick<KubeClient, 'patch'> & { readonly seen?: KubeReads };

/** The route as it was read, and what may be written on it. */
interface Seen {
  readonly object: KubeObject;
  readonly splits: readonly Split[];
  readonly split: SplitSeen;
  /** Why nobody knows whether the canary is ready; null: it is known. */
  readonly canaryUnread: WriteProblem | null;
}

type Ready = Pick<RouteState, 'canaryReady' | 'stableReady'> & Pick<Seen, 'canaryUnread'>;

type Answer<T> = Promise<Result<T, WriteProblem>>;

/** A decrease, or a takeover, that meets somebody else's write is tried again at once. */
const tries = 6;

/**
 *   write ──► read ──► objection? ──► patch that tests what was read ──► its answer is the state
 *              ▲                          │ 422: something else stands there now
 *              └──────────────────────────┘ (a raise finds its version outdated, and ends)
 */
export class KubernetesRouter implements Router {
  readonly name: string;
  readonly #client: RouteClient;
  readonly #kind: RouteKind;
  /** Version of the object as it was last told: a look behind it would see our own write undone. */
  #newest = 0;

  constructor(name: string, client: RouteClient, kind: RouteKind) {
    this.name = name;
    this.#client = client;
    this.#kind = kind;
  }

  async observe(): Answer<RouteState> {
    const seen = await this.#look();
    if (!seen.ok) return seen;
    const { canaryUnread } = seen.value;
    return canaryUnread === null ? ok(stateOf(seen.value, this.#kind.path)) : failed(canaryUnread);
  }

  async write(write: WeightWrite): Answer<RouteState> {
    return this.#changed((seen) => {
      if (write.canary > 0 && seen.canaryUnread !== null) return failed(seen.canaryUnread);
      const objection = objectionToWrite(seen.split, write);
      if (objection !== null) return failed(objection);
      const { release, epoch, canary, latch, ifVersion } = write;
      const { latched } = seen.split;
      const isAbsolute = canary === 0 && ifVersion === null && canBeOnOwner(seen.object);
      return ok({
        canary,
        marking: { epoch, release, latched: latch ? latchedToo(latched, release) : latched, stamp: randomUUID() },
        on: isAbsolute ? 'owner' : 'version',
      });
    });
  }

  /** Changes the version, so that no raise that was sent before can land any more. */
  async settle(_release: string, epoch: number): Answer<RouteState> {
    return this.#changed(({ split }) => {
      const objection = fenced(split, epoch);
      if (objection !== null) return failed(objection);
      const { release, latched } = split;
      return ok({ canary: null, marking: { epoch, release, latched, stamp: randomUUID() }, on: 'version' });
    });
  }

  /** A mesh ends no streams on order. */
  async closeStreams(epoch: number): Answer<null> {
    const seen = await this.#read(this.#client, 'ordinary');
    if (!seen.ok) return seen;
    const objection = objectionToDrain(seen.value.split, epoch);
    return objection === null ? ok(null) : failed(objection);
  }

  async #changed(decide: (seen: Seen) => Result<Change, WriteProblem>): Answer<RouteState> {
    let refusedAt = '';
    for (let left = tries; ; left--) {
      const seen = await this.#read(this.#client, 'first');
      if (!seen.ok) return seen;
      const change = decide(seen.value);
      if (!change.ok) return failed(hinted(change.error));
      const { object, splits } = seen.value;
      const { resourceVersion } = object.metadata;
      const body = weightPatch(object, splits, change.value);
      const patched = await this.#client.patch(this.#kind.path, { type: 'json', body, urgency: 'first' });
      if (patched.ok) return this.#stateAfter(patched.value, seen.value);
      const mayHaveMoved = ['Invalid', 'Conflict', 'Throttled'].includes(patched.error.reason);
      // Refused twice on the same version: it is not that somebody else wrote, it is what we wrote.
      if (!mayHaveMoved || left === 1 || refusedAt === resourceVersion) return failed(this.#named(patched.error));
      refusedAt = resourceVersion;
    }
  }

  /** As last heard, unless that is older than what was told before; then as it is. */
  async #look(): Answer<Seen> {
    const { seen = null } = this.#client;
    const heard = seen === null ? null : await this.#read(seen, 'ordinary');
    const isNew = heard?.ok === true && versionNumber(heard.value.object) >= this.#newest;
    const looked = isNew ? heard : await this.#read(this.#client, 'ordinary');
    if (looked.ok) this.#newest = versionNumber(looked.value.object);
    return looked;
  }

  async #read(from: KubeReads, urgency: 'ordinary' | 'first'): Answer<Seen> {
    const [object, canary, stable] = await Promise.all([
      from.get(this.#kind.path, { urgency }),
      this.#kind.isReady(from, 'canary', urgency),
      this.#kind.isReady(from, 'stable', urgency),
    ]);
    if (!object.ok) return failed(this.#unread(object.error));
    if (!stable.ok) return failed(this.#unread(stable.error));
    // What is not known of the canary stands in the way of no way back.
    const canaryUnread = canary.ok ? null : this.#unread(canary.error);
    return this.#seen(object.value, {
      canaryReady: canary.ok && canary.value,
      stableReady: stable.value,
      canaryUnread,
    });
  }

  #seen(object: KubeObject, { canaryReady, stableReady, canaryUnread }: Ready): Result<Seen, WriteProblem> {
    const splits = this.#kind.locate(object);
    if (!splits.ok) return failed({ reason: 'Refused', message: `${this.#kind.title}: ${splits.error}` });
    const canary = percentOf(splits.value);
    const split = { ...marksOf(object), canary, version: versionOf(object), canaryReady, stableReady };
    return ok({ object, splits: splits.value, split, canaryUnread });
  }

  /** What an admission webhook made of the weights is what holds, and what is told. */
  #stateAfter(object: KubeObject, { split, canaryUnread }: Seen): Result<RouteState, WriteProblem> {
    this.#newest = versionNumber(object);
    const seen = this.#seen(object, { ...split, canaryUnread });
    return seen.ok ? ok(stateOf(seen.value, this.#kind.path)) : seen;
  }

  #unread({ message }: KubeProblem): WriteProblem {
    return { reason: 'Unreachable', message: `${this.#kind.title}: ${message}` };
  }

  #named({ reason, message }: KubeProblem): WriteProblem {
    return { reason: failureOf(reason), message: `${this.#kind.title}: ${message}` };
  }
}

/** Versions rise; one that is no number is asked for anew each time. */
const versionNumber = ({ metadata: { resourceVersion } }: KubeObject): number => Number(resourceVersion);

function failureOf(reason: KubeProblem['reason']): WriteFailure {
  if (reason === 'Unknown') return 'Unknown';
  if (reason === 'Conflict') return 'Conflict';
  return reason === 'Unreachable' || reason === 'Throttled' || reason === 'Unauthorized' ? 'Unreachable' : 'Refused';
}

function stateOf({ object, split, splits }: Seen, path: string): RouteState {
  const { canary, version, epoch, release, latched, canaryReady, stableReady } = split;
  const isLatched = release !== null && latched.includes(release);
  return {
    canary,
    stable: 100 - canary,
    version,
    epoch,
    release,
    rolledBack: isLatched ? release : (latched.at(-1) ?? null),
    startedAtMs: null,
    canaryReady,
    stableReady,
    since: null,
    canaryInFlight: null,
    object: object.metadata.uid,
    writer: writerOf({ object, splits, path }),
  };
}

const hinted = ({ message, reason }: WriteProblem): WriteProblem => ({
  reason,
  message:
    reason === 'Fenced'
      ? `${message}. If it came from another cluster, take its annotation ${annotation.epoch} away`
      : message,
});
