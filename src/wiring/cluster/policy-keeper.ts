/**
 * Looks after one ReleasePolicy: what it asks for is delivered, what it says of itself is true, and its service is given back when it goes.
 *
 *   change heard, or time ──► round ──► understood? ──► adopted ──► released ──► conditions ──► wait
 *                                                     └─ deleted ──► given back ──► its releases deleted ──► finalizer taken off
 */
import type { KubeObject } from '../../kube/object.ts';
import { messageOf } from '../../lib/message-of.ts';
import { ok, type Problem, type Result } from '../../lib/result.ts';
import { rulesKey } from '../../release/policy-cluster-parse.ts';
import type { PolicyHealth } from '../../release/policy-conditions.ts';
import type { RuleSet } from '../../rules/rule.ts';
import { autoscalerOf } from '../../workload/kubernetes/autoscalers.ts';
import { folders } from '../../workload/kubernetes/labels.ts';
import { tellEvent } from './cluster-events.ts';
import type { ClusterScene } from './cluster-scene.ts';
import type { ClusterService } from './cluster-service.ts';
import { deleteReleases } from './delete-releases.ts';
import { takenOver } from './delivery-words.ts';
import { notReadyInTime } from './first-wait.ts';
import { confirmedNote } from './mass-change.ts';
import { OpenedPolicy } from './opened-policy.ts';
import { policiesFolder } from './policies-folder.ts';
import { hold, isHeld, letGo } from './policy-object.ts';
import { PolicyTeller } from './policy-teller.ts';
import { Removal } from './removal.ts';

/** Between two rounds without news: while something is missing, and while nothing is. */
const busyMs = 1_000;
const releasingMs = 15_000;
const idleMs = 60_000;

type Findings = Omit<PolicyHealth, 'generation'>;

const fine: Findings = { stalled: null, rules: null, missing: null, pending: null, releasing: null };

export interface KeeperEvents {
  /** From now on its releases can be looked after. */
  opened(service: ClusterService): void;
  /** What served it is closed, and nothing does now. */
  closed(): void;
  /** A restore that was interrupted goes on; until that is known no release is begun. */
  recall(): Promise<Result<void>>;
}

export class PolicyKeeper {
  readonly #scene: ClusterScene;
  readonly #name: string;
  readonly #events: KeeperEvents;
  readonly #path: string;
  readonly #teller: PolicyTeller;
  readonly #opened: OpenedPolicy;
  #removal: Removal | null = null;
  /** Set that the trail was told of. */
  #adopted: RuleSet | null = null;
  #isRecalled = false;
  /** It was told that the first revision does not get ready in time. */
  #isLate = false;
  #wake: () => void = () => {};
  #isDue = false;

  constructor(scene: ClusterScene, name: string, events: KeeperEvents) {
    this.#scene = scene;
    this.#name = name;
    this.#events = events;
    this.#path = `${policiesFolder(scene.namespace)}/${name}`;
    this.#opened = new OpenedPolicy(scene, name, {
      heard: (service) => this.#heard(service),
      closed: () => events.closed(),
    });
    this.#teller = new PolicyTeller(scene, () => this.wake());
  }

  /** Why an order to take a release back could not be carried out; null: it can, or that is not known yet. */
  get obstacle(): Problem | null {
    return this.#opened.obstacle;
  }

  /** Something changed: the next round begins at once. */
  wake(): void {
    this.#isDue = true;
    this.#wake();
  }

  /** Whether a change of this object may be a reason for a round. */
  concerns(path: string, object: KubeObject): boolean {
    const { name } = object.metadata;
    const { autoscalers, configMaps } = folders(this.#scene.namespace);
    const { service } = this.#opened;
    // Their status changes with the load: only the one on what people write says anything here.
    if (path === autoscalers) return service !== null && autoscalerOf([object], service.cluster.deployment) !== null;
    if (path === policiesFolder(this.#scene.namespace)) return name === this.#name;
    if (path !== configMaps) return false;
    const rules = service?.cluster.rules;
    const wish = this.#opened.wish();
    return (rules?.kind === 'map' && rules.map === name) || (wish?.ok === true && wish.value.named.includes(name));
  }

  /** Until the object is gone, or the signal comes; a round that is under way finishes. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const end = (): void => this.wake();
    const { gone } = this.#scene;
    signal.addEventListener('abort', end);
    gone.addEventListener('abort', end);
    while (!signal.aborted) {
      this.#isDue = false;
      const waitMs = await this.#round().catch((thrown: unknown) => this.#threw(thrown));
      if (waitMs === null) break;
      await this.#rest(waitMs);
    }
    signal.removeEventListener('abort', end);
    gone.removeEventListener('abort', end);
    await this.#teller.settled();
    await this.#opened.close();
  }

  /** Milliseconds until the next; null: the object is gone. */
  async #round(): Promise<number | null> {
    const { view, namespace } = this.#scene;
    const listed = view.list(policiesFolder(namespace));
    if (!listed.ok) return busyMs;
    const object = listed.value.find(({ metadata: { name } }) => name === this.#name);
    if (object === undefined) return null;
    if (this.#scene.gone.aborted) return this.#abandon(object);
    const found =
      object.metadata.deletionTimestamp === undefined ? await this.#keep(object) : await this.#remove(object);
    this.#warn(object, found.missing);
    this.#teller.tell({ object, asked: askedOf(this.#opened.service), health: found });
    if (!this.#teller.isTold || found.missing !== null || this.#opened.isWaiting) return busyMs;
    return found.releasing === null ? idleMs / this.#scene.compression : releasingMs;
  }

  /** Once for each time that it comes to it. */
  #warn({ metadata: { uid } }: KubeObject, missing: Findings['missing']): void {
    const isLate = missing?.reason === notReadyInTime;
    if (missing !== null && isLate && !this.#isLate) {
      const { clock, log } = this.#scene;
      log.warn({ policy: this.#name, ...missing }, 'the first revision of a policy does not get ready');
      tellEvent(this.#scene, { kind: 'ReleasePolicy', name: this.#name, uid }, { ...missing, atMs: clock.wallMs() });
    }
    this.#isLate = isLate;
  }

  async #keep(object: KubeObject): Promise<Findings> {
    const opened = await this.#opened.open(object);
    if (!opened.ok)
      return opened.error.retryable ? { ...fine, missing: opened.error } : { ...fine, stalled: opened.error };
    const { service, delivery } = opened.value;
    await service.rules.take(service.cluster, this.#rulesText(service));
    const set = service.rules.current();
    if (set.ok && set.value !== this.#adopted) {
      this.#adopted = set.value;
      this.#scene.trail.keeper.rulesRead(this.#name, { kind: 'loaded', set: set.value });
    }
    const problem = service.rules.problem();
    const rules = problem === null ? null : { reason: 'RulesInvalid', message: problem };
    // What somebody else drives has nothing to be given back.
    if (service.kind === 'delivers' && !isHeld(object)) {
      const held = await hold(this.#scene.client, this.#path, object);
      if (!held.ok) return { ...fine, missing: held.error };
      this.#scene.view.learn(policiesFolder(this.#scene.namespace), held.value);
    }
    const recalled = this.#isRecalled ? ok(undefined) : await this.#events.recall();
    if (!recalled.ok) return { ...fine, rules, missing: recalled.error };
    this.#isRecalled = true;
    if (service.kind === 'delivers' && service.cluster.mode === 'observe')
      return { ...fine, rules, stalled: takenOver };
    return { ...fine, rules, ...(await delivery.round(object.metadata.annotations?.[confirmedNote] ?? null)) };
  }

  #heard(service: ClusterService): void {
    service.workload.onChange(() => this.wake());
    this.#events.opened(service);
  }

  #rulesText({ cluster: { rules } }: ClusterService): string | null {
    if (rules.kind === 'text') return rules.text;
    const { view, namespace } = this.#scene;
    const maps = view.list(folders(namespace).configMaps);
    const map = maps.ok ? maps.value.find(({ metadata: { name } }) => name === rules.map) : undefined;
    const text = (map?.['data'] as Readonly<Record<string, string>> | undefined)?.[rulesKey];
    return text ?? null;
  }

  async #remove(object: KubeObject): Promise<Findings> {
    if (!isHeld(object)) return fine;
    // It is held, so it was understood once, and users are on what goes with it.
    const opened = this.#opened.service === null ? await this.#opened.open(object) : null;
    if (opened?.ok === false && opened.error.reason !== 'TargetMissing')
      return opened.error.retryable
        ? { ...fine, missing: opened.error }
        : { ...fine, stalled: notGivenBack(opened.error) };
    const { service } = this.#opened;
    if (service?.kind === 'delivers') this.#removal ??= new Removal(this.#scene, service);
    const given = this.#removal === null ? ok('done') : await this.#removal.round();
    if (!given.ok) return { ...fine, missing: given.error };
    if (given.value !== 'done') return { ...fine, missing: { reason: 'GivingBack', message: given.value } };
    const forgotten = await deleteReleases(this.#scene, this.#name);
    if (!forgotten.ok) return { ...fine, missing: forgotten.error };
    const gone = await letGo(this.#scene.client, this.#path, object);
    return gone.ok || gone.error.reason === 'NotFound' ? fine : { ...fine, missing: gone.error };
  }

  /** All of the namespace goes: what holds the policy is taken off, and nothing else is done. */
  async #abandon(object: KubeObject): Promise<number> {
    if (!isHeld(object)) return idleMs;
    const gone = await letGo(this.#scene.client, this.#path, object);
    if (gone.ok) this.#scene.view.learn(policiesFolder(this.#scene.namespace), gone.value);
    else this.#scene.log.warn({ policy: this.#name, ...gone.error }, 'policy is not let go yet');
    return gone.ok ? idleMs : busyMs;
  }

  #threw(thrown: unknown): number {
    this.#scene.log.error(
      { policy: this.#name, thrown: messageOf(thrown) },
      'a round of a policy failed: this is a defect',
    );
    return busyMs;
  }

  async #rest(waitMs: number): Promise<void> {
    if (this.#isDue) return;
    const { promise, resolve } = Promise.withResolvers<null>();
    this.#wake = () => resolve(null);
    const timer = setTimeout(this.#wake, waitMs);
    await promise;
    clearTimeout(timer);
  }
}

const notGivenBack = ({ message, reason }: Problem): Problem => ({
  reason,
  message: `${message}; it is deleted, and until that is put right, in its spec or in the operator's settings, what it delivers can't be given back, and runs on`,
  retryable: false,
});

const askedOf = (service: ClusterService | null): string | null =>
  service?.kind === 'delivers' ? service.answered.revision : null;
