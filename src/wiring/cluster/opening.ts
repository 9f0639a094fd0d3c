/** What a ReleasePolicy's spec asks for, understood before anything is opened for it. */
import type { KubeObject } from '../../kube/object.ts';
import { contentHash } from '../../lib/content-hash.ts';
import { failed, ok, type Problem, type Result } from '../../lib/result.ts';
import { type ClusterPolicy, clusterPolicy } from '../../release/policy-cluster-parse.ts';
import { policyToTakeBack } from '../../release/policy-to-take-back.ts';
import type { Owner } from '../../workload/kubernetes/labels.ts';
import type { Wish } from '../../workload/kubernetes/wish.ts';
import { KubernetesTarget } from '../../workload/kubernetes-target.ts';
import type { ClusterScene } from './cluster-scene.ts';
import { type ClusterOrder, type ClusterService, openClusterService } from './cluster-service.ts';
import { openObservedService } from './observed-service.ts';
import { policiesFolder } from './policies-folder.ts';
import { isHeld } from './policy-object.ts';
import { rivalOf } from './rival.ts';

interface Understood {
  /** Of all that a service is opened for. */
  readonly made: string;
  open(): Result<ClusterService>;
}

export class Opening {
  readonly #scene: ClusterScene;
  #target: KubernetesTarget | null = null;

  constructor(scene: ClusterScene) {
    this.#scene = scene;
  }

  /** null: it delivers nothing. */
  wish(): Result<Wish> | null {
    return this.#target?.wish() ?? null;
  }

  /** `served`: what it is served by since before, which no older policy takes from it; null: nothing. */
  read(object: KubeObject, served: ClusterService | null): Result<Understood> {
    const { namespace, settings, view } = this.#scene;
    const { name, uid } = object.metadata;
    const read = clusterPolicy({ name, namespace, spec: object['spec'] }, settings);
    if (!read.ok) return failed(invalid(read.error));
    const policy = read.value;
    const others = view.list(policiesFolder(namespace));
    const rival = others.ok && served === null ? rivalOf(object, others.value) : null;
    if (rival !== null) return failed(rival);
    const made = contentHash([uid, policy]);
    // What was taken over has a release to be looked after, or is given back as it was, whatever its spec says by then.
    if (policy.mode === 'observe' && !isHeld(object))
      return ok({ made, open: () => openObservedService(this.#scene, policy) });
    return this.#delivering({ namespace, policy: name, uid }, policy, made);
  }

  /** Where only its traffic can be understood. */
  toTakeBack(object: KubeObject): Result<(wish: ClusterOrder['wish']) => Result<ClusterService>> {
    const { namespace, settings } = this.#scene;
    const { name, uid } = object.metadata;
    const read = policyToTakeBack({ name, namespace, spec: object['spec'] }, settings);
    if (!read.ok) return failed(invalid(read.error));
    const policy = read.value;
    const owner = { namespace, policy: name, uid };
    const target = this.#targetOf(owner, policy.deployment);
    return ok((wish) => openClusterService(this.#scene, { policy, owner, target, wish }));
  }

  #delivering(owner: Owner, policy: ClusterPolicy, made: string): Result<Understood> {
    const target = this.#targetOf(owner, policy.deployment);
    const wish = target.wish();
    if (!wish.ok) return wish;
    return ok({ made, open: () => openClusterService(this.#scene, { policy, owner, target, wish: wish.value }) });
  }

  #targetOf(owner: Owner, deployment: string): KubernetesTarget {
    const { client, view, store } = this.#scene;
    if (this.#target?.isFor(owner, deployment) !== true)
      this.#target = new KubernetesTarget({ client, view, owner, target: deployment, epoch: store.epoch });
    return this.#target;
  }
}

const invalid = (mistakes: readonly { readonly path: string; readonly message: string }[]): Problem => ({
  reason: 'SpecInvalid',
  message: mistakes.map(({ path, message }) => `${path}: ${message}`).join('; '),
  retryable: false,
});
