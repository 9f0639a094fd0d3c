/** A keeper for each ReleasePolicy of the namespace, and what serves those that are understood. */
import type { KubeObject } from '../../kube/object.ts';
import type { Problem, Result } from '../../lib/result.ts';
import type { Release } from '../../release/release.ts';
import type { ClusterScene } from './cluster-scene.ts';
import type { ClusterService } from './cluster-service.ts';
import { policiesFolder } from './policies-folder.ts';
import { PolicyKeeper } from './policy-keeper.ts';

interface Around {
  readonly scene: ClusterScene;
  /** Under way since before, until their policy is understood. */
  readonly active: readonly Release[];
  /** A release can be looked after now. */
  readonly deliver: (release: Release) => void;
  /** A pod got ready, or was lost. */
  readonly moved: (policy: string) => void;
  /** A restore that was interrupted goes on. */
  readonly recall: (policy: string) => Promise<Result<void>>;
  /** Comes when this controller stops. */
  readonly signal: AbortSignal;
}

export class PolicyKeepers {
  readonly #around: Around;
  readonly #keepers = new Map<string, { readonly keeper: PolicyKeeper; readonly run: Promise<void> }>();
  readonly #services = new Map<string, ClusterService>();
  readonly #waiting: Release[];
  /** Releases that it was told of that their policy is not there. */
  readonly #told = new Set<string>();

  constructor(around: Around) {
    this.#around = around;
    this.#waiting = [...around.active];
  }

  /** Once whoever made it can be told of what is opened. */
  begin(): void {
    this.#around.scene.view.onChange((path, object) => this.#changed(path, object));
    // What was listed before anybody listened.
    this.#keepAll();
  }

  get services(): ReadonlyMap<string, ClusterService> {
    return this.#services;
  }

  wake(policy: string): void {
    this.#keepers.get(policy)?.keeper.wake();
  }

  /** Why a release of it could not be taken back; null: it can, or that is not known yet. */
  obstacle(policy: string): Problem | null {
    const { namespace, view } = this.#around.scene;
    const listed = view.list(policiesFolder(namespace));
    const kept = this.#keepers.get(policy)?.keeper;
    if (kept !== undefined || !listed.ok) return kept?.obstacle ?? null;
    return { reason: 'PolicyMissing', message: `there is no ReleasePolicy ${namespace}/${policy}`, retryable: false };
  }

  /** When all that is under way is over. */
  async settled(): Promise<void> {
    await Promise.all([...this.#keepers.values()].map(({ run }) => run));
  }

  #changed(path: string, object: KubeObject | null): void {
    if (path === policiesFolder(this.#around.scene.namespace)) this.#keepAll();
    for (const { keeper } of this.#keepers.values()) {
      if (object === null || keeper.concerns(path, object)) keeper.wake();
    }
  }

  #keepAll(): void {
    const { scene, signal } = this.#around;
    const listed = scene.view.list(policiesFolder(scene.namespace));
    if (!listed.ok || signal.aborted) return;
    const names = new Set(listed.value.map(({ metadata: { name } }) => name));
    this.#tellLeft(names);
    for (const name of names) if (!this.#keepers.has(name)) this.#keep(name);
  }

  #tellLeft(names: ReadonlySet<string>): void {
    for (const { id: release, policy } of this.#waiting) {
      if (names.has(policy) || this.#told.has(release)) continue;
      this.#told.add(release);
      this.#around.scene.log.warn(
        { release, policy },
        'release is under way, and its policy is not there: apply it again',
      );
    }
  }

  #keep(name: string): void {
    const { recall, scene, signal } = this.#around;
    const events = {
      opened: (service: ClusterService) => this.#opened(name, service),
      closed: () => void this.#services.delete(name),
      recall: () => recall(name),
    };
    const keeper = new PolicyKeeper(scene, name, events);
    const run = keeper.run(signal).then(() => {
      this.#keepers.delete(name);
      this.#services.delete(name);
    });
    this.#keepers.set(name, { keeper, run });
    scene.metrics.serves(name);
  }

  #opened(name: string, service: ClusterService): void {
    this.#services.set(name, service);
    service.workload.onChange(() => this.#around.moved(name));
    const own = this.#waiting.filter(({ policy }) => policy === name);
    for (const release of own) {
      this.#waiting.splice(this.#waiting.indexOf(release), 1);
      this.#around.deliver(release);
    }
    void service.tookOver(own);
  }
}
