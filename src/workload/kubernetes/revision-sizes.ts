/**
 * Who sizes a revision's Deployment: Sluice, or, where an autoscaler is on the Deployment that people write, its copy.
 *
 *   serves as stable ──► copy with the original's bounds; Sluice only starts it
 *   serves as canary ──► copy whose least is what the step wants; Sluice only makes it larger
 *   serves nobody    ──► no copy; Sluice sizes it
 */
import type { KubeClient } from '../../kube/client.ts';
import type { KubeObject } from '../../kube/object.ts';
import type { ClusterView } from '../../kube/view.ts';
import { failed, ok, type Result } from '../../lib/result.ts';
import type { Backend } from '../workload.ts';
import { autoscalerOf, cannotCopy, isSized, leastIn, sizeBy, sizeByNone } from './autoscalers.ts';
import { folders, isOf, type Owner, revisionOf } from './labels.ts';

export interface RevisionSizesOptions {
  readonly client: KubeClient;
  /** Of autoscalers of the owner's namespace. */
  readonly view: ClusterView;
  readonly owner: Owner;
  /** Deployment that people write. */
  readonly target: string;
}

export interface Sized {
  readonly revision: string;
  /** Name of its Deployment. */
  readonly deployment: string;
  /** null: it serves nobody. */
  readonly role: Backend | null;
  /** That Sluice wants of it. */
  readonly replicas: number;
}

export class RevisionSizes {
  readonly #options: RevisionSizesOptions;

  constructor(options: RevisionSizesOptions) {
    this.#options = options;
  }

  /** Fewer pods than that are made as many as are wanted; more stay. null: exactly as many as are wanted. */
  floorOf({ revision, role, replicas }: Sized): number | null {
    const all = this.#all();
    // While nobody knows whether it is sized by something else, nothing is made smaller.
    const isFree = all.ok && (role === null || this.#originalIn(all.value) === null);
    if (isFree) return null;
    return role === 'stable' && this.isAutoscaled(revision) ? 1 : replicas;
  }

  /** Whether something else than Sluice sizes the revision. */
  isAutoscaled(revision: string): boolean {
    const all = this.#all();
    return all.ok && this.#copyOf(all.value, revision) !== undefined;
  }

  /** The least that its copy sizes to; null: there is none. */
  leastOf(revision: string): number | null {
    const all = this.#all();
    const copy = all.ok ? this.#copyOf(all.value, revision) : undefined;
    return copy === undefined ? null : leastIn(copy);
  }

  /** Absolute and idempotent: writes where the copy is not as it should be. */
  async keep(sized: Sized): Promise<Result<void>> {
    const { client, owner, view } = this.#options;
    const all = this.#all();
    if (!all.ok) return failed(all.error);
    const original = this.#originalIn(all.value);
    const known = this.#copyOf(all.value, sized.revision);
    if (original === null || sized.role === null)
      return known === undefined ? ok(undefined) : sizeByNone(client, owner, known.metadata.name);
    const { deployment, replicas, revision, role } = sized;
    const sizing = { owner, deployment, revision, atLeast: role === 'stable' ? null : replicas };
    if (isSized(all.value, original, sizing)) return ok(undefined);
    const written = await sizeBy(client, original, sizing);
    if (written.ok && written.value !== null) view.learn(folders(owner.namespace).autoscalers, written.value);
    return written.ok ? ok(undefined) : written;
  }

  #originalIn(all: readonly KubeObject[]): KubeObject | null {
    const { target } = this.#options;
    const found = autoscalerOf(all, target);
    return found === null || cannotCopy(found, target) !== null ? null : found;
  }

  #copyOf(all: readonly KubeObject[], revision: string): KubeObject | undefined {
    return all.find((object) => isOf(object, this.#options.owner.policy) && revisionOf(object) === revision);
  }

  #all(): Result<readonly KubeObject[]> {
    return this.#options.view.list(folders(this.#options.owner.namespace).autoscalers);
  }
}
