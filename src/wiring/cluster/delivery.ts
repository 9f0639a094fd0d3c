/**
 * What a policy's Deployment asks for, delivered: adopted when it is seen first, then released whenever it asks for another revision.
 *
 *   nothing stored ──► what runs is stable ──► stable serves ──► the Deployment itself is taken to no pods
 *   another revision asked for ──► unchanged for a while ──► release (what runs makes way)
 */
import { failed, ok, type Problem, type Result } from '../../lib/result.ts';
import { keepBaseline, type Leaving } from '../../reconcile/baseline.ts';
import { command } from '../../release/command.ts';
import { freezeOf } from '../../release/frozen-revisions.ts';
import type { PolicyHealth } from '../../release/policy-conditions.ts';
import type { Release } from '../../release/release.ts';
import type { PolicyState } from '../../release/store.ts';
import { supersede } from '../../release/supersede.ts';
import type { Wish } from '../../workload/kubernetes/wish.ts';
import type { ClusterScene } from './cluster-scene.ts';
import type { DeliveringService } from './cluster-service.ts';
import { makesWay, settleMs, settling, stillObserved, takenForFrozen } from './delivery-words.ts';
import { FormerStable, leaveAfterMs } from './former-stable.ts';
import { rollbackSaid } from './rollback-said.ts';
import { StoredState } from './stored-state.ts';

type Found = Pick<PolicyHealth, 'missing' | 'releasing' | 'pending'>;

/** Between two starts that were refused. */
const againMs = 10_000;

export class Delivery {
  readonly #scene: ClusterScene;
  readonly #service: DeliveringService;
  /** What is asked for now, and since when. */
  #asked: { readonly revision: string; readonly sinceMs: number } | null = null;
  #refused: { readonly revision: string; readonly problem: Problem; readonly atMs: number } | null = null;
  readonly #former: FormerStable;
  readonly #stored: StoredState;
  #confirmed: string | null = null;
  #isWaiting = false;

  constructor(scene: ClusterScene, service: DeliveringService) {
    this.#scene = scene;
    this.#service = service;
    this.#stored = new StoredState(scene, service);
    this.#former = new FormerStable(leaveAfterMs / scene.compression);
  }

  /** Something is to be done soon that no change will tell of. */
  get isWaiting(): boolean {
    return this.#isWaiting;
  }

  /** `confirmed`: the revision that somebody says is meant. */
  async round(confirmed: string | null): Promise<Found> {
    this.#confirmed = confirmed;
    this.#isWaiting = false;
    const looked = await this.#look();
    if (looked.ok) return looked.value;
    this.#isWaiting = true;
    return { missing: looked.error, pending: null, releasing: null };
  }

  async #look(): Promise<Result<Found>> {
    const wish = this.#service.target.wish();
    if (!wish.ok) return wish;
    const state = await this.#stored.read(wish.value);
    if (!state.ok) return state;
    this.#scene.massChange.seen(this.#service.policy.name, wish.value.revision);
    const { stable } = state.value;
    const followed = stable === null ? ok(undefined) : await this.#service.target.follow(stable);
    if (!followed.ok) return followed;
    const sized = await this.#service.workload.keepSizes();
    const found = await this.#go(state.value, wish.value);
    if (sized.ok || !found.ok) return found;
    // It is tried again soon, and until then holds nothing up: no withdrawal, no start, no stable.
    this.#isWaiting = true;
    return ok({ ...found.value, missing: found.value.missing ?? sized.error });
  }

  async #go(state: PolicyState, wish: Wish): Promise<Result<Found>> {
    const { store, starter } = this.#scene;
    const running = await starter.running(this.#service.policy.name);
    if (!running.ok) return running;
    if (running.value?.mode === 'observe') return failed(stillObserved(running.value));
    if (running.value !== null) return this.#whileReleasing(running.value, state, wish);
    const { mode } = this.#service.policy;
    const kept = await keepBaseline(state, { ...this.#service.ports, store }, { mode, own: this.#own(wish) });
    if (!kept.ok) return kept;
    const [lacking] = kept.value;
    if (lacking !== undefined)
      return failed(this.#stored.late ?? { reason: 'NotServing', message: lacking, retryable: true });
    const seen = await this.#service.workload.observe();
    // It may have been pointed there just now, and be seen so at the next look.
    if (!seen.ok || seen.value.serving.stable !== state.stable) return seen.ok ? this.#soon(null) : seen;
    const { target, workload } = this.#service;
    const nowMs = this.#scene.clock.monotonicMs();
    const left = await this.#former.round(state, {
      ...wish,
      starter,
      store,
      target,
      workload,
      seen: seen.value,
      nowMs,
    });
    if (!left.ok) return left;
    // What is released next does not run beside it, where nobody judges it.
    if (left.value === 'waits' && wish.standing === 'up') return this.#soon(null);
    const delivered = await this.#deliver(state, wish);
    this.#isWaiting ||= left.value === 'waits';
    return delivered;
  }

  /** Pods of the Deployment itself, which users are on until it is taken over. */
  #own({ ready, spec }: Wish): Leaving | null {
    const what = `the pods of Deployment ${this.#service.cluster.deployment}`;
    return ready === 0 ? null : { what, wanted: Math.min(ready, spec.replicas) };
  }

  #soon(releasing: string | null, pending: Found['pending'] = null): Result<Found> {
    this.#isWaiting = true;
    return ok({ missing: null, pending, releasing });
  }

  /** Nothing is to be done for it, or a release of it is under way. */
  #answered({ revision }: Wish, releasing: string | null, missing: Found['missing'] = null): Result<Found> {
    this.#service.answered.answer(revision);
    return ok({ missing, pending: null, releasing });
  }

  #isKnown(wish: Wish, state: PolicyState, running: string | null): Promise<Result<boolean>> {
    return this.#service.same.find(wish, { running, state, target: this.#service.target });
  }

  /** Taken back before: nothing is begun, and what became of it then is the answer. */
  #frozen(wish: Wish, state: PolicyState, releasing: string | null): Result<Found> {
    if (freezeOf(state, this.#service.same.known(wish.revision)) === 'yes') return this.#answered(wish, releasing);
    return ok({ missing: null, pending: takenForFrozen(wish), releasing });
  }

  async #whileReleasing(running: Release, state: PolicyState, wish: Wish): Promise<Result<Found>> {
    const { revision, stableRevision, supersededBy } = running;
    const asked = this.#service.same.known(wish.revision);
    if (asked === stableRevision) return this.#withdraw(running);
    // One that makes way is no answer: the revision is asked for again.
    if (asked === revision && supersededBy === null) return this.#answered(wish, running.id);
    if (freezeOf(state, asked) !== 'no') return this.#frozen(wish, state, running.id);
    if (supersededBy === wish.revision)
      return ok({ missing: null, pending: makesWay(wish, running), releasing: running.id });
    if (!this.#isSettled(wish)) return this.#soon(running.id, settling(wish));
    const same = await this.#isKnown(wish, state, supersededBy === null ? revision : null);
    if (!same.ok || same.value) return same.ok ? this.#soon(running.id) : same;
    const started = await this.#start(state, wish);
    return started.ok || started.error.reason === 'MakingWay'
      ? this.#soon(running.id, makesWay(wish, running))
      : started;
  }

  /** The Deployment asks for stable's revision again: what is under way has nothing to go to. */
  async #withdraw(running: Release): Promise<Result<Found>> {
    const { clock, nudge, store } = this.#scene;
    const who = `Deployment ${this.#service.cluster.deployment}`;
    const reason = `${who} asks for the revision before again`;
    const order = { kind: 'abort', revision: running.revision, who, reason, atMs: clock.wallMs() } as const;
    // Before its promotion it makes way, and may come again; what was promoted already is taken back for good.
    const change =
      running.phase.phase === 'watching' || running.stableRevision === null
        ? command(running, order)
        : ok(supersede(running, { revision: running.stableRevision, who, nowMs: clock.wallMs() }));
    if (!change.ok) return ok({ missing: null, pending: null, releasing: running.id });
    if (change.value.log.length > 0) {
      const saved = await store.save(change.value.release, change.value.log);
      if (!saved.ok) return this.#soon(running.id);
      this.#service.ports.tell({ kind: 'saved', release: saved.value, log: change.value.log, look: null });
      nudge(running.id);
    }
    return ok({ missing: null, pending: null, releasing: running.id });
  }

  async #deliver(state: PolicyState, wish: Wish): Promise<Result<Found>> {
    const { stable } = state;
    const asked = this.#service.same.known(wish.revision);
    if (asked === stable) return this.#answered(wish, null, this.#service.desk?.stand(stable) ?? null);
    if (freezeOf(state, asked) !== 'no') return this.#frozen(wish, state, null);
    if (!this.#isSettled(wish)) return this.#soon(null, settling(wish));
    const same = await this.#isKnown(wish, state, null);
    if (!same.ok || same.value) return same.ok ? this.#soon(null) : same;
    const started = await this.#start(state, wish);
    if (!started.ok) return started;
    this.#service.answered.answer(wish.revision);
    return this.#soon(started.value.id);
  }

  /** What was refused is tried again after a while: traffic, rules or metrics may be there by then. */
  async #start(state: PolicyState, wish: Wish): Promise<Result<Release>> {
    const nowMs = this.#scene.clock.monotonicMs();
    const refused = this.#refused;
    if (refused?.revision === wish.revision && nowMs - refused.atMs < againMs) return failed(refused.problem);
    const { massChange } = this.#scene;
    const { name } = this.#service.policy;
    const objection = massChange.objection(name, wish.revision, this.#confirmed);
    if (objection !== null) return failed(objection);
    const lacking = await this.#scene.rights.objection(this.#service.cluster);
    if (lacking !== null) return failed(lacking);
    const prepared = await this.#service.target.prepare(wish);
    if (!prepared.ok) return prepared;
    // A name means one thing for ever, its size at that moment included.
    const spec = state.revisions[wish.revision] ?? wish.spec;
    const who = `Deployment ${this.#service.cluster.deployment}`;
    const rollback = await rollbackSaid(this.#scene.store, name, { ...wish, who });
    const started = rollback.ok
      ? await this.#scene.starter.start(this.#service, {
          ...{ revision: wish.revision, spec, who },
          rollback: rollback.value,
        })
      : rollback;
    // What failed on the way is tried again in the next round.
    if (!started.ok && !started.error.retryable)
      this.#refused = { revision: wish.revision, problem: started.error, atMs: nowMs };
    if (started.ok) massChange.begun(name, wish.revision);
    return started;
  }

  #isSettled({ revision }: Wish): boolean {
    const { clock, compression } = this.#scene;
    const nowMs = clock.monotonicMs();
    if (this.#asked?.revision !== revision) this.#asked = { revision, sinceMs: nowMs };
    return nowMs - this.#asked.sinceMs >= settleMs / compression;
  }
}
