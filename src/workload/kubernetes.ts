/** Workload adapter for Kubernetes: a Deployment for each revision, and Services that select one revision each. */
import { setTimeout as delay } from 'node:timers/promises';
import type { KubeClient } from '../kube/client.ts';
import type { KubeObject } from '../kube/object.ts';
import type { ClusterView } from '../kube/view.ts';
import { failed, ok, type Problem, type Result } from '../lib/result.ts';
import type { KeptPods } from './kubernetes/kept-pods.ts';
import { folders, isOf, label, type Owner, revisionOf } from './kubernetes/labels.ts';
import { isReady } from './kubernetes/pod-instance.ts';
import { prune } from './kubernetes/prune.ts';
import { late, nobody, noPods, stillServed, unknown } from './kubernetes/refusals.ts';
import { deploymentPath, isAsWanted, replicasOf, scaleTo, stop } from './kubernetes/revision-deployment.ts';
import { RevisionSizes, type Sized } from './kubernetes/revision-sizes.ts';
import { revisionState } from './kubernetes/revision-state.ts';
import { ensureService, select, selectedRevision, sendsOnlyTo } from './kubernetes/services.ts';
import type { RevisionSpec } from './revision-spec.ts';
import type { Backend, Workload, WorkloadState } from './workload.ts';

export interface KubernetesWorkloadOptions {
  readonly client: KubeClient;
  /** Of pods, Deployments and Services of the owner's namespace. */
  readonly view: ClusterView;
  readonly owner: Owner;
  /** Deployment whose template is delivered; the Service of that name is users', too. */
  readonly target: string;
  readonly services: Readonly<Record<Backend, string>>;
  /** Of this controller. */
  readonly epoch: number;
  /** Pods of failed revisions; left out: none is kept. */
  readonly kept?: KeptPods;
  /** Hears what could not be put back; it is tried again at the next change. */
  readonly troubled: (problem: Problem) => void;
}

/** How long the cluster may take to follow a selector, before it is said to be late. */
const endpointsWithinMs = 5_000;
const lookEveryMs = 50;

/**
 *   ensure ──► Deployment of the revision (made from the snapshot, scaled)        observe ◄── view ◄── watches
 *   serve  ──► Service's selector ──► its endpoints are the revision's ready pods
 *   view   ──► users' own Service selects something else: put back (S12)
 */
export class KubernetesWorkload implements Workload {
  readonly #options: KubernetesWorkloadOptions;
  readonly #folders: ReturnType<typeof folders>;
  readonly #sizes: RevisionSizes;
  readonly #endFollowing: () => void;
  #following: Promise<void> | null = null;
  #isClosed = false;
  /** The highest that it was told: what this controller writes by itself is fenced like what it is told to. */
  #epoch: number;

  constructor(options: KubernetesWorkloadOptions) {
    this.#options = options;
    this.#epoch = options.epoch;
    this.#folders = folders(options.owner.namespace);
    this.#sizes = new RevisionSizes(options);
    this.#endFollowing = options.view.onChange((path) => {
      if (path === this.#folders.services) this.#follow();
    });
  }

  async observe(): Promise<Result<WorkloadState>> {
    const { view, owner } = this.#options;
    const deployments = view.list(this.#folders.deployments);
    if (!deployments.ok) return deployments;
    const pods = view.list(this.#folders.pods);
    if (!pods.ok) return pods;
    const found = view.list(this.#folders.services);
    if (!found.ok) return found;
    // A controller that died in between told nobody, and what failed tells of no change.
    this.#follow();
    const own = pods.value.filter((pod) => isOf(pod, owner.policy) && pod.metadata.deletionTimestamp === undefined);
    const revisions = deployments.value
      .filter((deployment) => isOf(deployment, owner.policy))
      .map((deployment) => revisionState(deployment, own))
      .map((state) => (this.#sizes.isAutoscaled(state.revision) ? { ...state, autoscaled: true } : state))
      .filter(({ wanted, instances }) => wanted > 0 || instances.length > 0);
    return ok({
      observedAtMs: Date.now(),
      revisions,
      serving: { stable: this.#served('stable', found.value), canary: this.#served('canary', found.value) },
    });
  }

  async ensure(revision: string, spec: RevisionSpec, replicas: number): Promise<Result<void>> {
    const { client, owner, target } = this.#options;
    if (spec.kind !== 'pods') return failed(noPods(revision));
    if (replicas === 0) return this.#stop(revision);
    const sized = this.#sized(revision, replicas);
    const floor = this.#sizes.floorOf(sized);
    if (this.#isHeard(revision, { spec, replicas, floor, epoch: this.#epoch })) return ok(undefined);
    // Its autoscaler would take back what is more than it knows of.
    const kept = sized.role === 'canary' ? await this.#sizes.keep(sized) : ok(undefined);
    if (!kept.ok) return kept;
    const scaling = { owner, target, revision, replicas, floor, epoch: this.#epoch };
    return this.#learned('deployments', await scaleTo(client, spec, scaling));
  }

  /** The autoscalers of the revisions are as that of the Deployment that people write says; one that can't be holds up no other. */
  async keepSizes(): Promise<Result<void>> {
    const { owner, view } = this.#options;
    const deployments = view.list(this.#folders.deployments);
    if (!deployments.ok) return deployments;
    let first: Result<void> = ok(undefined);
    for (const deployment of deployments.value.filter((each) => isOf(each, owner.policy))) {
      const revision = revisionOf(deployment) ?? '';
      const least = this.#sizes.leastOf(revision) ?? replicasOf(deployment);
      const sized = this.#sized(revision, least);
      const kept = await this.#sizes.keep(least === 0 ? { ...sized, role: null } : sized);
      if (first.ok) first = kept;
    }
    return first;
  }

  async serve(backend: Backend, revision: string | null, epoch: number): Promise<Result<void>> {
    const { client, services } = this.#options;
    this.#epoch = Math.max(this.#epoch, epoch);
    const pods = await this.#servable(backend, revision);
    if (!pods.ok) return pods;
    const selection = this.#selection(services[backend], revision, epoch);
    const there = await ensureService(client, selection, this.#options.target);
    if (!there.ok) return there;
    const selected = this.#learned('services', await select(client, selection));
    if (!selected.ok || backend === 'canary') return selected;
    const users = await this.#moveUsers(revision, epoch);
    return users.ok ? this.#endpointsFollow(pods.value) : users;
  }

  onChange(listener: () => void): () => void {
    const { owner, services, target, view } = this.#options;
    const names = new Set([...Object.values(services), target]);
    return view.onChange((path, object) => {
      // What an autoscaler tells of itself is no change of a pod.
      if (path === this.#folders.autoscalers) return;
      if (object === null || isOf(object, owner.policy) || names.has(object.metadata.name)) listener();
    });
  }

  /** Puts nothing back any more. */
  async close(): Promise<void> {
    this.#endFollowing();
    this.#isClosed = true;
    await this.#following;
  }

  /** As last heard: what changed since will be heard, and is put right then. */
  #isHeard(revision: string, wanted: Parameters<typeof isAsWanted>[1]): boolean {
    const { owner, target, view } = this.#options;
    const listed = view.list(this.#folders.deployments);
    const path = deploymentPath({ owner, target, revision });
    const found = listed.ok && listed.value.find(({ metadata }) => path.endsWith(`/${metadata.name}`));
    return found !== undefined && found !== false && isAsWanted(found, wanted);
  }

  #served(backend: Backend, all: readonly KubeObject[]): string | null {
    const { owner, services } = this.#options;
    const service = all.find(({ metadata: { name } }) => name === services[backend]);
    return selectedRevision(service, owner.policy);
  }

  #sized(revision: string, replicas: number): Sized {
    const found = this.#options.view.list(this.#folders.services);
    const serves = (backend: Backend): boolean => found.ok && this.#served(backend, found.value) === revision;
    const role = serves('stable') ? 'stable' : serves('canary') ? 'canary' : null;
    return { revision, deployment: `${this.#options.target}-${revision}`, role, replicas };
  }

  async #stop(revision: string): Promise<Result<void>> {
    const { client, owner, services, target } = this.#options;
    const epoch = this.#epoch;
    for (const backend of ['stable', 'canary'] as const) {
      const service = await client.get(`${this.#folders.services}/${services[backend]}`);
      if (!service.ok && service.error.reason !== 'NotFound') return service;
      if (!service.ok || selectedRevision(service.value, owner.policy) !== revision) continue;
      if (backend === 'stable') return failed(stillServed(revision));
      const left = await this.serve('canary', null, epoch);
      if (!left.ok) return left;
    }
    const left = await this.#options.kept?.leave(revision);
    if (left?.ok === false) return left;
    const stopped = await stop(client, { owner, target, revision, epoch });
    if (!stopped.ok && stopped.error.reason === 'NotFound') return ok(undefined);
    const learned = this.#learned('deployments', stopped);
    return learned.ok ? prune(client, owner, revision) : learned;
  }

  /** Names of the revision's ready pods, as they are now; or why the backend can't serve it. */
  async #servable(backend: Backend, revision: string | null): Promise<Result<ReadonlySet<string>>> {
    const { client, owner, target } = this.#options;
    if (revision === null) return backend === 'stable' ? failed(nobody(null)) : ok(new Set());
    const deployment = await client.get(deploymentPath({ owner, target, revision }));
    if (!deployment.ok && deployment.error.reason !== 'NotFound') return deployment;
    if (!deployment.ok || replicasOf(deployment.value) === 0) return failed(unknown(backend, revision));
    if (backend === 'canary') return ok(new Set());
    const labelSelector = `${label.policy}=${owner.policy},${label.revision}=${revision}`;
    const pods = await client.list(this.#folders.pods, { labelSelector });
    if (!pods.ok) return pods;
    const ready = pods.value.objects.filter(isReady).map(({ metadata: { name } }) => name);
    return ready.length === 0 ? failed(nobody(revision)) : ok(new Set(ready));
  }

  /** Users' own Service, where there is one besides stable's. */
  async #moveUsers(revision: string | null, epoch: number): Promise<Result<void>> {
    const { client, services, target } = this.#options;
    if (Object.values(services).includes(target)) return ok(undefined);
    const moved = await select(client, this.#selection(target, revision, epoch));
    if (!moved.ok && moved.error.reason === 'NotFound') return ok(undefined);
    return this.#learned('services', moved);
  }

  /** Before anything counts on it: the endpoints are what the mesh is told. */
  async #endpointsFollow(pods: ReadonlySet<string>): Promise<Result<void>> {
    const { client, owner, services } = this.#options;
    const deadline = performance.now() + endpointsWithinMs;
    for (;;) {
      const sends = await sendsOnlyTo(client, { namespace: owner.namespace, service: services.stable }, pods);
      if (!sends.ok) return sends;
      if (sends.value) return ok(undefined);
      if (performance.now() >= deadline) return failed(late(services.stable));
      await delay(lookEveryMs);
    }
  }

  #follow(): void {
    const { owner, services, target, view } = this.#options;
    const found = view.list(this.#folders.services);
    if (this.#isClosed || this.#following !== null || !found.ok) return;
    const named = (wanted: string) => found.value.find(({ metadata: { name } }) => name === wanted);
    const stable = selectedRevision(named(services.stable), owner.policy);
    const users = named(target);
    if (stable === null || users === undefined || selectedRevision(users, owner.policy) === stable) return;
    this.#following = this.#moveUsers(stable, this.#epoch).then((moved) => {
      this.#following = null;
      if (!moved.ok) this.#options.troubled(moved.error);
    });
  }

  #selection(service: string, revision: string | null, epoch: number) {
    const { namespace, policy } = this.#options.owner;
    return { namespace, policy, service, revision, epoch };
  }

  #learned(folder: 'deployments' | 'services', written: Result<KubeObject>): Result<void> {
    if (!written.ok) return written;
    this.#options.view.learn(this.#folders[folder], written.value);
    return ok(undefined);
  }
}
