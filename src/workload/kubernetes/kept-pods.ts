/** One pod of a failed revision, kept for a while for whoever looks into it: outside of every Service, and of its Deployment. */
import type { KubeClient } from '../../kube/client.ts';
import type { KubeObject } from '../../kube/object.ts';
import { ok, type Problem, type Result } from '../../lib/result.ts';
import { folders, label, note, type Owner, ownedBy } from './labels.ts';
import { keysSelecting } from './leave-services.ts';

export interface KeptPodsOptions {
  readonly client: KubeClient;
  readonly owner: Owner;
  /** Milliseconds. */
  readonly keepMs: number;
  readonly troubled: (problem: Problem) => void;
}

/**
 *   failed ──► stop ──► one pod loses the labels by which Deployment and Services know it ──► deleted when its time is over
 */
export class KeptPods {
  readonly #options: KeptPodsOptions;
  readonly #failed = new Set<string>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  #isClosed = false;

  constructor(options: KeptPodsOptions) {
    this.#options = options;
  }

  /** The next stop of the revision leaves one of its pods. */
  failed(revision: string): void {
    this.#failed.add(revision);
  }

  /** Takes up what an earlier controller kept. */
  async resume(): Promise<void> {
    const { client, owner, troubled } = this.#options;
    const { pods } = folders(owner.namespace);
    const listed = await client.list(pods, { labelSelector: `${label.kept}=${owner.policy}` });
    if (!listed.ok) return troubled(listed.error);
    for (const pod of listed.value.objects) this.#endAt(pod);
  }

  /** Before a revision is stopped. */
  async leave(revision: string): Promise<Result<void>> {
    if (!this.#failed.has(revision)) return ok(undefined);
    const { client, owner } = this.#options;
    const { pods, services } = folders(owner.namespace);
    const labelSelector = `${label.policy}=${owner.policy},${label.revision}=${revision}`;
    const [found, known] = await Promise.all([client.list(pods, { labelSelector }), client.list(services)]);
    if (!found.ok) return found;
    if (!known.ok) return known;
    const pod = found.value.objects.find(({ metadata }) => metadata.deletionTimestamp === undefined);
    if (pod !== undefined) {
      const kept = await this.#keep(pod, revision, known.value.objects);
      if (!kept.ok && kept.error.reason !== 'NotFound') return kept;
      if (kept.ok) this.#endAt(kept.value);
    }
    this.#failed.delete(revision);
    return ok(undefined);
  }

  close(): void {
    this.#isClosed = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #keep(pod: KubeObject, revision: string, services: readonly KubeObject[]) {
    const { client, keepMs, owner } = this.#options;
    const { name, namespace: _namespace, ownerReferences = [], resourceVersion, uid } = pod.metadata;
    const selecting = services.flatMap((service) => keysSelecting(service, pod));
    const gone = Object.fromEntries([...selecting, label.policy, label.revision].map((key) => [key, null]));
    const metadata = {
      ...{ uid, resourceVersion },
      labels: { ...gone, [label.kept]: owner.policy },
      annotations: {
        [note.keptUntil]: new Date(Date.now() + keepMs).toISOString(),
        [note.keptOf]: revision,
      },
      // Its Deployment lets go of it by itself; with the policy it goes all the same.
      ownerReferences: [...ownerReferences, { ...ownedBy(owner), controller: false }],
    };
    return client.patch(`${folders(owner.namespace).pods}/${name}`, { type: 'merge', body: { metadata } });
  }

  #endAt(pod: KubeObject): void {
    const { name, uid, annotations = {} } = pod.metadata;
    const leftMs = Date.parse(annotations[note.keptUntil] ?? '') - Date.now();
    const waitMs = Number.isFinite(leftMs) ? Math.min(Math.max(leftMs, 0), this.#options.keepMs) : 0;
    if (this.#isClosed || this.#timers.has(uid)) return;
    const timer = setTimeout(() => void this.#end(name, uid), waitMs);
    this.#timers.set(uid, timer);
  }

  async #end(name: string, uid: string): Promise<void> {
    const { client, owner, troubled } = this.#options;
    this.#timers.delete(uid);
    const deleted = await client.delete(`${folders(owner.namespace).pods}/${name}`, { uid });
    if (!deleted.ok && !['NotFound', 'Conflict'].includes(deleted.error.reason)) troubled(deleted.error);
  }
}
