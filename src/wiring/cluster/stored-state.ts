/** The state of a policy as it is stored, and as its Deployment says where nothing was taken over yet. */
import { failed, ok, type Problem, type Result } from '../../lib/result.ts';
import { recallPolicy } from '../../reconcile/baseline.ts';
import { stateOf } from '../../release/instances.ts';
import type { PolicyState } from '../../release/store.ts';
import type { Wish } from '../../workload/kubernetes/wish.ts';
import type { ClusterScene } from './cluster-scene.ts';
import type { DeliveringService } from './cluster-service.ts';
import { isObserved, stillObserved } from './delivery-words.ts';
import { FirstWait } from './first-wait.ts';

export class StoredState {
  readonly #scene: ClusterScene;
  readonly #service: DeliveringService;
  readonly #wait = new FirstWait();
  #late: Problem | null = null;

  constructor(scene: ClusterScene, service: DeliveringService) {
    this.#scene = scene;
    this.#service = service;
  }

  /** A policy that nobody saw before begins with what its Deployment runs. */
  async read(wish: Wish): Promise<Result<PolicyState>> {
    const { store } = this.#scene;
    const known = await store.policy(this.#service.policy.name);
    if (!known.ok) return known;
    // What was only observed until now was never taken over.
    if (known.value === null || isObserved(known.value)) return this.#first(known.value, wish);
    const left = await this.#isLeft(known.value, wish);
    if (!left.ok || left.value) return left.ok ? this.#another(known.value, wish) : left;
    const { stable, revisions } = known.value;
    const spec = stable === null ? undefined : revisions[stable];
    const { replicas } = wish.spec;
    if (stable === null || spec?.kind !== 'pods' || spec.replicas === replicas) return ok(known.value);
    // Size is no release: stable gets it at once.
    return store.savePolicy({ ...known.value, revisions: { ...revisions, [stable]: { ...spec, replicas } } });
  }

  async #first(known: PolicyState | null, wish: Wish): Promise<Result<PolicyState>> {
    const { rights, starter, store } = this.#scene;
    const { cluster, policy, target } = this.#service;
    const running = await starter.running(policy.name);
    if (!running.ok) return running;
    if (running.value?.mode === 'observe') return failed(stillObserved(running.value));
    const lacking = await rights.objection(cluster);
    if (lacking !== null) return failed(lacking);
    const free = await target.free();
    if (!free.ok) return free;
    const prepared = await target.prepare(wish);
    if (!prepared.ok) return prepared;
    return known === null ? recallPolicy(policy.name, wish, store) : this.#kept({ ...known, previous: null }, wish);
  }

  /** Why stable, which users never were on, is not waited for any longer; null: it is, or it serves. As found in the last `read`. */
  get late(): Problem | null {
    return this.#late;
  }

  /** Users never were on stable, whose pods do not get ready, and are on another revision of the Deployment's own by now. */
  async #isLeft(state: PolicyState, wish: Wish): Promise<Result<boolean>> {
    const { clock, compression, starter } = this.#scene;
    const { policy: served, target, workload } = this.#service;
    const { policy, previous, stable } = state;
    this.#late = null;
    if (stable === null || previous !== null) return ok(false);
    const seen = await workload.observe();
    if (!seen.ok) return seen;
    const withinMs = served.plan.readyWithinMs / compression;
    this.#late = this.#wait.late(state, { seen: seen.value, nowMs: clock.monotonicMs(), withinMs });
    const hasFailed = (stateOf(seen.value, stable)?.failure ?? null) !== null;
    const isStuck = seen.value.serving.stable === null && (hasFailed || this.#late !== null);
    if (!isStuck || stable === wish.revision || wish.standing !== 'up') return ok(false);
    const running = await starter.running(policy);
    if (!running.ok || running.value !== null) return running.ok ? ok(false) : running;
    return target.isRolledOut();
  }

  /** Killed in between, the next round does the same again. */
  async #another(known: PolicyState, wish: Wish): Promise<Result<PolicyState>> {
    const { target, workload } = this.#service;
    const prepared = await target.prepare(wish);
    if (!prepared.ok) return prepared;
    const { stable, revisions } = known;
    const spec = stable === null ? undefined : revisions[stable];
    const stopped = stable === null || spec === undefined ? ok(undefined) : await workload.ensure(stable, spec, 0);
    return stopped.ok ? this.#kept(known, wish) : stopped;
  }

  #kept(known: PolicyState, { revision, spec }: Wish): Promise<Result<PolicyState>> {
    return this.#scene.store.savePolicy({
      ...known,
      stable: revision,
      revisions: { ...known.revisions, [revision]: spec },
    });
  }
}
