/**
 * What serves a policy: made from its spec as it is now; while a release runs, from what it was when that began.
 *
 *   understood ──► service, and what it delivers
 *   not understood ──► a release is to be taken back? ──► a service that can do that, and begins nothing ──► its end ──► closed
 */
import type { KubeObject } from '../../kube/object.ts';
import { failed, ok, type Problem, type Result } from '../../lib/result.ts';
import type { Release } from '../../release/release.ts';
import type { ClusterScene } from './cluster-scene.ts';
import type { ClusterService } from './cluster-service.ts';
import { Delivery } from './delivery.ts';
import { ObservedDelivery } from './observed-delivery.ts';
import { Opening } from './opening.ts';
import { takenFrom } from './policy-object.ts';

export interface Opened {
  readonly service: ClusterService;
  readonly delivery: Delivery | ObservedDelivery;
}

export interface OpenedEvents {
  /** Told of each service, before anything is done with it. */
  heard(service: ClusterService): void;
  /** Nothing serves it now. */
  closed(): void;
}

export class OpenedPolicy {
  readonly #scene: ClusterScene;
  readonly #name: string;
  readonly #events: OpenedEvents;
  readonly #opening: Opening;
  #service: ClusterService | null = null;
  /** null: nothing is served, or it only takes back. */
  #delivery: Opened['delivery'] | null = null;
  /** Of what the service was opened for. */
  #made = '';
  /** Why nothing can be done for its releases. */
  #obstacle: Problem | null = null;

  constructor(scene: ClusterScene, name: string, events: OpenedEvents) {
    this.#scene = scene;
    this.#name = name;
    this.#events = events;
    this.#opening = new Opening(scene);
  }

  get service(): ClusterService | null {
    return this.#service;
  }

  /** Why an order to take a release back could not be carried out; null: it can, or that is not known yet. */
  get obstacle(): Problem | null {
    return this.#service === null ? this.#obstacle : null;
  }

  get isWaiting(): boolean {
    // What only takes back is closed soon after it has.
    return this.#delivery === null ? this.#service !== null : this.#delivery.isWaiting;
  }

  wish(): ReturnType<Opening['wish']> {
    return this.#opening.wish();
  }

  async open(object: KubeObject): Promise<Result<Opened>> {
    const read = this.#opening.read(object, this.#service);
    if (!read.ok) return this.#notOpened(object, read.error);
    const { made } = read.value;
    const running = this.#service === null || made === this.#made ? ok(null) : await this.#running();
    if (!running.ok) return running;
    const before = this.#before();
    if (before !== null && (made === this.#made || running.value !== null)) return ok(before);
    if (running.value !== null) return failed(endsFirst(running.value));
    const opened = read.value.open();
    if (!opened.ok) return this.#notOpened(object, opened.error);
    const service = opened.value;
    await this.#service?.close();
    const delivery = deliveryOf(this.#scene, service);
    this.#delivery = delivery;
    this.#made = made;
    this.#scene.trail.keeper.policyTaken(this.#name, takenFrom(object, made));
    this.#serve(service);
    return ok({ service, delivery });
  }

  async close(): Promise<void> {
    await this.#service?.close();
  }

  #before(): Opened | null {
    const [service, delivery] = [this.#service, this.#delivery];
    return service === null || delivery === null ? null : { service, delivery };
  }

  async #notOpened(object: KubeObject, problem: Problem): Promise<Result<never>> {
    if (this.#service === null) return this.#takeBack(object, problem);
    if (this.#delivery !== null) return failed(problem);
    const running = await this.#running();
    if (!running.ok) return running;
    if (running.value !== null) return failed(takingBack(problem, running.value));
    const service = this.#service;
    this.#service = null;
    this.#events.closed();
    await service.close();
    return failed(problem);
  }

  /** Fails with the problem, whose message says what is done all the same. */
  async #takeBack(object: KubeObject, problem: Problem): Promise<Result<never>> {
    const { log, starter, store } = this.#scene;
    this.#obstacle = problem.retryable ? null : problem;
    // Read in a moment: whatever served it until the release's end would not do all that its policy says.
    if (problem.retryable && problem.reason !== 'TargetMissing') return failed(problem);
    const possible = this.#opening.toTakeBack(object);
    if (possible.ok) this.#obstacle = null;
    const running = await starter.running(this.#name);
    if (!running.ok || running.value === null) return running.ok ? failed(problem) : running;
    const release = running.value;
    // Whoever drives it takes it back.
    if (!possible.ok || release.mode === 'observe') return failed(problem);
    if (!isToGoBack(release)) return failed(unattended(problem, release));
    const state = await store.policy(this.#name);
    if (!state.ok) return state;
    const spec = state.value?.revisions[release.revision];
    if (spec?.kind !== 'pods') return failed(problem);
    const service = possible.value({ revision: release.revision, spec });
    if (!service.ok && !service.error.retryable) this.#obstacle = service.error;
    if (!service.ok) return service;
    log.warn(
      { policy: this.#name, release: release.id, ...problem },
      'a release goes back, or waits for the word that it needs, and nothing else is done',
    );
    this.#serve(service.value);
    return failed(takingBack(problem, release));
  }

  #serve(service: ClusterService): void {
    this.#service = service;
    this.#events.heard(service);
  }

  #running(): Promise<Result<Release | null>> {
    return this.#scene.starter.running(this.#name);
  }
}

const isToGoBack = (release: Release): boolean => release.latch !== null || goesBack(release);

const goesBack = ({ orders, phase }: Release): boolean =>
  phase.phase === 'rollingBack' || orders.abort !== null || orders.rollback !== null;

const backOf = (release: Release): string =>
  `release ${release.id} ${goesBack(release) ? 'is taken back' : 'goes back, or waits for the word that it needs'}`;

const deliveryOf = (scene: ClusterScene, service: ClusterService): Opened['delivery'] =>
  service.kind === 'delivers' ? new Delivery(scene, service) : new ObservedDelivery(scene, service);

const endsFirst = (release: Release): Problem => ({
  reason: 'EndsFirst',
  message: `${backOf(release)}; what the spec says now is taken on when that has ended`,
  retryable: true,
});

const unattended = ({ message, reason, retryable }: Problem, { id }: Release): Problem => ({
  reason,
  message: `${message}; release ${id} is under way and not looked after until that is put right: its weight stays, and sluice abort takes it back`,
  retryable,
});

const takingBack = ({ message, reason, retryable }: Problem, release: Release): Problem => ({
  reason,
  message: `${message}; ${backOf(release)}, and nothing else is done until that is put right`,
  retryable,
});
