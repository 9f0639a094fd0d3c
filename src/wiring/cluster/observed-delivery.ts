/**
 * A rollout that somebody else drives, followed: what its pods and its route show begins a release, and ends it.
 *
 *   another template behind the canary's Service ──► release (observed) ──► stable serves it, or it is gone ──► over
 */
import { failed, ok, type Problem, type Result } from '../../lib/result.ts';
import { recallPolicy } from '../../reconcile/baseline.ts';
import { stateOf } from '../../release/instances.ts';
import { observationEnd } from '../../release/observation.ts';
import type { PolicyHealth } from '../../release/policy-conditions.ts';
import type { Release } from '../../release/release.ts';
import type { PolicyState } from '../../release/store.ts';
import type { EndpointsSpec } from '../../workload/revision-spec.ts';
import type { WorkloadState } from '../../workload/workload.ts';
import type { ClusterScene } from './cluster-scene.ts';
import type { ObservingService } from './cluster-service.ts';

type Found = Pick<PolicyHealth, 'missing' | 'releasing' | 'pending'>;

/** Between two starts that were refused. */
const againMs = 10_000;

/** No traffic for so long is no pause of whoever drives. */
const settleMs = 60_000;

interface Seen {
  readonly workload: WorkloadState;
  readonly stable: string;
  readonly canary: string | null;
  /** The canary's percent in the route. */
  readonly weight: number;
}

export class ObservedDelivery {
  readonly #scene: ClusterScene;
  readonly #service: ObservingService;
  #refused: { readonly revision: string; readonly problem: Problem; readonly atMs: number } | null = null;
  /** By revision, as long as somebody may ask: what ran is gone when that matters. */
  readonly #contents = new Map<string, string>();
  #isWaiting = false;

  constructor(scene: ClusterScene, service: ObservingService) {
    this.#scene = scene;
    this.#service = service;
  }

  /** Something is to be looked at soon that no change will tell of: the route's weights. */
  get isWaiting(): boolean {
    return this.#isWaiting;
  }

  async round(): Promise<Found> {
    const looked = await this.#look();
    this.#isWaiting = !looked.ok || looked.value.releasing !== null || looked.value.pending !== null;
    return looked.ok ? looked.value : { missing: looked.error, pending: null, releasing: null };
  }

  async #look(): Promise<Result<Found>> {
    const { rights, starter } = this.#scene;
    const lacking = await rights.objection(this.#service.cluster);
    if (lacking !== null) return failed(lacking);
    const seen = await this.#seen();
    if (!seen.ok) return seen;
    const running = await starter.running(this.#service.policy.name);
    if (!running.ok) return running;
    const state = await this.#state(seen.value, running.value);
    if (!state.ok) return state;
    return running.value === null
      ? this.#begin(seen.value, state.value)
      : this.#follow(running.value, state.value, seen.value);
  }

  async #seen(): Promise<Result<Seen>> {
    const { ports, workload } = this.#service;
    const [looked, route] = await Promise.all([workload.observe(), ports.router.observe()]);
    if (!looked.ok) return looked;
    if (!route.ok) return failed({ ...route.error, retryable: true });
    for (const { content, revision } of looked.value.revisions)
      if (content !== undefined) this.#contents.set(revision, content);
    const { canary, stable } = looked.value.serving;
    return stable === null
      ? failed(nobody)
      : ok({ workload: looked.value, stable, canary, weight: route.value.canary });
  }

  /** As it is stored; between two rollouts stable is what the cluster shows. */
  async #state(seen: Seen, running: Release | null): Promise<Result<PolicyState>> {
    const { store } = this.#scene;
    const { name } = this.#service.policy;
    const { stable } = seen;
    const spec = specOf(seen, stable);
    const known = await store.policy(name);
    if (!known.ok) return known;
    if (known.value === null) return recallPolicy(name, { revision: stable, spec }, store);
    const { revisions, stable: before } = known.value;
    if (before === stable || running !== null) return ok(known.value);
    const kept = { ...revisions, [stable]: revisions[stable] ?? spec };
    return store.savePolicy({ ...known.value, stable, previous: before, revisions: kept });
  }

  async #begin(seen: Seen, state: PolicyState): Promise<Result<Found>> {
    const { clock, starter, store } = this.#scene;
    const { canary: revision } = seen;
    const present = new Set([seen.stable, revision]);
    for (const each of this.#contents.keys()) if (!present.has(each)) this.#contents.delete(each);
    if (revision === null) return ok({ missing: null, pending: null, releasing: null });
    const nowMs = clock.monotonicMs();
    const refused = this.#refused;
    if (refused?.revision === revision && nowMs - refused.atMs < againMs) return failed(refused.problem);
    const newest = await store.releases({ policy: state.policy, limit: 1 });
    if (!newest.ok) return newest;
    // It was looked at, and left: what brings it back is traffic.
    if (newest.value[0]?.revision === revision && seen.weight === 0)
      return ok({ missing: null, pending: left(revision), releasing: null });
    const spec = state.revisions[revision] ?? specOf(seen, revision);
    const started = await starter.start(this.#service, { revision, spec, who: 'whoever drives the rollout' });
    if (!started.ok && !started.error.retryable) this.#refused = { revision, problem: started.error, atMs: nowMs };
    return started.ok ? ok({ missing: null, pending: null, releasing: started.value.id }) : started;
  }

  /** Where both versions are alike but in what is not seen of them, nobody can tell. */
  #isRestart({ revision, stableRevision }: Release, stable: string): boolean {
    const [now, before, canary] = [stable, stableRevision ?? '', revision].map((each) => this.#contents.get(each));
    return stable !== stableRevision && now !== undefined && now === before && now !== canary;
  }

  async #follow(running: Release, state: PolicyState, { canary, stable, weight }: Seen): Promise<Result<Found>> {
    const { clock, compression, nudge, store } = this.#scene;
    const under = ok({ missing: null, pending: null, releasing: running.id });
    if (running.mode !== 'observe') return failed(delivered(running));
    const seen = { nowMs: clock.wallMs(), settleMs: settleMs / compression, canary, stable, weight };
    const restarted = this.#isRestart(running, stable) ? 'stable' : 'nobody';
    const end = observationEnd(running, state, { ...seen, restarted });
    if (end === null) return under;
    // The policy first: a crash between the two does it again instead of never.
    const kept = end.policy === state ? ok(state) : await store.savePolicy(end.policy);
    const saved = kept.ok ? await store.save(end.release, end.log) : kept;
    // Somebody else wrote meanwhile: the next round looks at what that was.
    if (!saved.ok) return saved.error.reason === 'Conflict' ? under : saved;
    this.#service.ports.tell({ kind: 'saved', release: end.release, log: end.log, look: null });
    nudge(running.id);
    return under;
  }
}

/** Where the first of its pods answers: how many there are is whoever's who drives. */
function specOf({ workload }: Seen, revision: string): EndpointsSpec {
  const [first] = stateOf(workload, revision)?.instances ?? [];
  return { kind: 'endpoints', urls: first === undefined ? [] : [first.url], healthPath: null };
}

const nobody: Problem = {
  reason: 'NotServing',
  message:
    'the Service that spec.traffic names for stable selects no pod: name the Services between which whoever drives the rollout splits the traffic',
  retryable: true,
};

const left = (revision: string): NonNullable<Found['pending']> => ({
  reason: 'LeftByDriver',
  message: `${revision} was observed before, and has no traffic now: it is judged again when it gets some`,
});

const delivered = ({ id, mode }: Release): Problem => ({
  reason: 'StillDelivered',
  message: `release ${id} was begun in mode ${mode}: abort it, or wait for its end, before the policy only observes`,
  retryable: true,
});
