/** The Deployment that people write: what it asks for is a revision, and it runs nothing itself while Sluice delivers it. */
import { z } from 'zod';
import type { KubeClient } from '../kube/client.ts';
import type { KubeObject } from '../kube/object.ts';
import type { KubeProblem } from '../kube/problem.ts';
import type { ClusterView } from '../kube/view.ts';
import { contentHash } from '../lib/content-hash.ts';
import { failed, ok, type Problem, type Result } from '../lib/result.ts';
import { autoscalerOf, cannotCopy } from './kubernetes/autoscalers.ts';
import { areAsCopied, copyConfig } from './kubernetes/config-copies.ts';
import { annotationPath, fencedPatch, type PatchStep } from './kubernetes/fenced-patch.ts';
import { settingsToFollow } from './kubernetes/follow-settings.ts';
import { folders, note, type Owner } from './kubernetes/labels.ts';
import { deploymentPath, replicasOf } from './kubernetes/revision-deployment.ts';
import { intentOf } from './kubernetes/snapshot.ts';
import { notedReplicas, revisionOf, trackedMaps, type Wish, wishOf } from './kubernetes/wish.ts';
import type { PodsSpec } from './revision-spec.ts';

export interface KubernetesTargetOptions {
  readonly client: KubeClient;
  /** Of Deployments and ConfigMaps of the owner's namespace. */
  readonly view: ClusterView;
  readonly owner: Owner;
  /** Name of the Deployment. */
  readonly target: string;
  readonly epoch: number;
}

const status = z.looseObject({
  observedGeneration: z.int().optional(),
  readyReplicas: z.int().optional(),
  updatedReplicas: z.int().optional(),
});

export class KubernetesTarget {
  readonly #options: KubernetesTargetOptions;
  readonly #path: string;
  /** When somebody scaled it up again, monotonic. */
  #raisedAtMs: readonly number[] = [];

  constructor(options: KubernetesTargetOptions) {
    this.#options = options;
    this.#path = `${folders(options.owner.namespace).deployments}/${options.target}`;
  }

  isFor({ uid }: Owner, target: string): boolean {
    return this.#options.owner.uid === uid && this.#options.target === target;
  }

  /** Fails with `TargetMissing` where there is no such Deployment, with `Unreachable` while that can't be told. */
  wish(): Result<Wish> {
    const found = this.#found();
    if (!found.ok) return found;
    const maps = this.#maps();
    if (!maps.ok) return maps;
    const wish = wishOf(found.value, maps.value);
    return wish === null ? failed(missing(this.#options)) : ok(wish);
  }

  /** All pods of its own are of its present template, and ready. */
  isRolledOut(): Result<boolean> {
    const found = this.#found();
    return found.ok ? ok(isRolledOut(found.value)) : found;
  }

  /** Makes what the revision's pods need besides their template. Fails with `WishChanged` when it is not what is asked for any more. */
  async prepare({ revision, spec }: Wish): Promise<Result<void>> {
    const listed = this.#maps();
    if (!listed.ok) return listed;
    const maps = trackedMaps(spec.template, listed.value);
    if (revisionOf(spec.template, maps) !== revision) return failed(changed(this.#options.target));
    return copyConfig(this.#options.client, { owner: this.#options.owner, revision, maps });
  }

  /** Fails with `Autoscaled` where something that can't be copied sizes the Deployment that Sluice is to take to no pods. */
  async free(): Promise<Result<void>> {
    const { client, owner, target } = this.#options;
    const listed = await client.list(folders(owner.namespace).autoscalers);
    if (!listed.ok) return listed;
    const scaler = autoscalerOf(listed.value.objects, target);
    const obstacle = scaler === null ? null : cannotCopy(scaler, target);
    return obstacle === null ? ok(undefined) : failed(obstacle);
  }

  /** Whether the server makes the same of both templates: what it adds by itself, as after an upgrade, is no other revision. */
  async isSame(wish: Wish, stable: string, kept: PodsSpec): Promise<Result<boolean>> {
    if (contentHash(wish.spec.config) !== contentHash(kept.config)) return ok(false);
    const maps = this.#options.view.list(folders(this.#options.owner.namespace).configMaps);
    if (!maps.ok || !areAsCopied(wish.spec.config, stable, maps.value)) return maps.ok ? ok(false) : maps;
    const answered = await this.#options.client.patch(`${this.#path}?dryRun=All`, {
      type: 'json',
      body: [{ op: 'replace', path: '/spec/template', value: kept.template }],
    });
    if (!answered.ok) return isRefusal(answered.error) ? ok(false) : answered;
    const now = intentOf(answered.value);
    return ok(now !== null && contentHash(now.template) === contentHash(wish.spec.template));
  }

  /** Takes it to no pods, and notes how many it had. Fails with `IntentScaled` where somebody keeps scaling it up. */
  async standDown(nowMs: number): Promise<Result<void>> {
    const found = this.#found();
    if (!found.ok) return found;
    if (replicasIn(found.value) === 0) return ok(undefined);
    const isAgain = found.value.metadata.annotations?.[note.replicas] !== undefined;
    this.#raisedAtMs = [...this.#raisedAtMs.filter((at) => nowMs - at < contestedMs), ...(isAgain ? [nowMs] : [])];
    if (this.#raisedAtMs.length > contestedTimes) return failed(contested(found.value));
    return this.#written((object) => {
      const replicas = replicasIn(object);
      if (replicas === 0) return null;
      return [
        { op: 'add', path: annotationPath(note.replicas), value: String(replicas) },
        { op: 'add', path: '/spec/replicas', value: 0 },
      ];
    });
  }

  /** Makes stable's Deployment follow what is no other revision: how it rolls, and when its pods were told to restart. */
  async follow(stable: string): Promise<Result<void>> {
    const { client, epoch, owner, target, view } = this.#options;
    const folder = folders(owner.namespace).deployments;
    const listed = view.list(folder);
    const found = this.#found();
    if (!listed.ok || !found.ok) return listed.ok ? (found as Result<never>) : listed;
    const path = deploymentPath({ owner, target, revision: stable });
    const known = listed.value.find(({ metadata: { name } }) => path === `${folder}/${name}`);
    if (known === undefined || settingsToFollow(found.value, known).length === 0) return ok(undefined);
    const decide = (object: KubeObject): Result<readonly PatchStep[] | null> => {
      const steps = settingsToFollow(found.value, object);
      return ok(steps.length === 0 ? null : steps);
    };
    const written = await fencedPatch(client, { path, epoch, decide });
    if (!written.ok) return written;
    view.learn(folder, written.value);
    return ok(undefined);
  }

  /** Gives it back what stable runs, and as many pods as that has now, where an autoscaler sizes it, too. Answers whether they are ready. */
  async standUp(revision: string, stable: PodsSpec): Promise<Result<'ready' | 'starting'>> {
    const { client, owner, target } = this.#options;
    const running = await client.get(deploymentPath({ owner, target, revision }));
    if (!running.ok && running.error.reason !== 'NotFound') return running;
    const present = running.ok ? replicasOf(running.value) : 0;
    const written = await this.#written((object) => {
      const intent = intentOf(object);
      const isStable = intent !== null && contentHash(intent.template) === contentHash(stable.template);
      const noted = object.metadata.annotations?.[note.replicas] !== undefined;
      const steps: readonly PatchStep[] = [
        ...(isStable ? [] : [{ op: 'replace' as const, path: '/spec/template', value: stable.template }]),
        ...(noted
          ? [{ op: 'add' as const, path: '/spec/replicas', value: Math.max(notedReplicas(object), present) }]
          : []),
        ...(noted ? [{ op: 'remove' as const, path: annotationPath(note.replicas) }] : []),
      ];
      return steps.length === 0 ? null : steps;
    });
    if (!written.ok) return written;
    const now = await client.get(this.#path);
    return now.ok ? ok(isRolledOut(now.value) ? 'ready' : 'starting') : now;
  }

  #found(): Result<KubeObject> {
    const { view, owner, target } = this.#options;
    const listed = view.list(folders(owner.namespace).deployments);
    if (!listed.ok) return listed;
    const found = listed.value.find(({ metadata: { name } }) => name === target);
    return found === undefined ? failed(missing(this.#options)) : ok(found);
  }

  #maps(): Result<readonly KubeObject[]> {
    return this.#options.view.list(folders(this.#options.owner.namespace).configMaps);
  }

  async #written(steps: (object: KubeObject) => readonly PatchStep[] | null): Promise<Result<void>> {
    const { client, epoch, owner, view } = this.#options;
    const written = await fencedPatch(client, { path: this.#path, epoch, decide: (object) => ok(steps(object)) });
    if (!written.ok) return written;
    view.learn(folders(owner.namespace).deployments, written.value);
    return ok(undefined);
  }
}

/** The server, or somebody it asks, would not have that template any more. */
const isRefusal = ({ reason }: KubeProblem): boolean => ['BadRequest', 'Forbidden', 'Invalid'].includes(reason);

/** Scaled up so often within so long: somebody means it, and is not fought. */
const contestedTimes = 3;
const contestedMs = 600_000;

const replicasIn = (object: KubeObject): number => intentOf(object)?.replicas ?? 0;

function isRolledOut(object: KubeObject): boolean {
  const seen = status.safeParse(object['status']).data ?? {};
  const { observedGeneration = 0, readyReplicas = 0, updatedReplicas = 0 } = seen;
  const isSeen = observedGeneration >= (object.metadata.generation ?? 0);
  return isSeen && Math.min(readyReplicas, updatedReplicas) >= replicasIn(object);
}

const missing = ({ owner, target }: Pick<KubernetesTargetOptions, 'owner' | 'target'>): Problem => ({
  reason: 'TargetMissing',
  message: `there is no Deployment ${target} in namespace ${owner.namespace}: apply it, or name another one in spec.target`,
  retryable: true,
});

const changed = (target: string): Problem => ({
  reason: 'WishChanged',
  message: `Deployment ${target}, or a ConfigMap that it names, changed while its revision was cut`,
  retryable: true,
});

function contested(object: KubeObject): Problem {
  const writers = (object.metadata.managedFields ?? []).filter(({ manager }) => manager !== 'sluice');
  const newest = writers.toSorted((a, b) => (b.time ?? '').localeCompare(a.time ?? ''))[0]?.manager ?? 'somebody';
  return {
    reason: 'IntentScaled',
    message: `${newest} keeps scaling Deployment ${object.metadata.name} up, whose pods get no traffic: take spec.replicas out of what it applies, or let it ignore that field (Argo CD: ignoreDifferences with jsonPointers: [/spec/replicas])`,
    retryable: true,
  };
}
