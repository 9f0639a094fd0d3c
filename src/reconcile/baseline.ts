/** What holds for a policy while nothing is released: stable runs as it should, and users reach it. */
import { failed, ok, type Result } from '../lib/result.ts';
import { readyOf, stateOf, wantedOf } from '../release/instances.ts';
import type { Release } from '../release/release.ts';
import type { PolicyState, Store } from '../release/store.ts';
import type { Router } from '../router/router.ts';
import type { RevisionSpec } from '../workload/revision-spec.ts';
import type { Workload } from '../workload/workload.ts';

export interface BaselinePorts {
  readonly store: Store;
  readonly router: Router;
  readonly workload: Workload;
}

/** The revision that a policy file says runs now; it is stable until a release says otherwise. */
export interface FirstStable {
  readonly revision: string;
  readonly spec: RevisionSpec;
}

/** The stored state of a policy; one that was never seen begins with what its file calls stable. */
export async function recallPolicy(policy: string, first: FirstStable, store: Store): Promise<Result<PolicyState>> {
  const known = await store.policy(policy);
  if (!known.ok || known.value !== null) return known as Result<PolicyState>;
  const revisions = { [first.revision]: first.spec };
  return store.savePolicy({
    policy,
    stable: first.revision,
    previous: null,
    frozen: [],
    attested: [],
    revisions,
    version: 0,
  });
}

/** What users are on until stable can answer as many of them. */
export interface Leaving {
  readonly what: string;
  /** Instances that answer them there. */
  readonly wanted: number;
}

interface Idle {
  readonly mode: Release['mode'];
  /** What answers users where nothing of Sluice's does; left out: nothing. */
  readonly own?: Leaving | null;
}

/**
 * Absolute and idempotent. Answers what is still missing until users are served; empty: nothing. Not for while a release runs.
 * Mode observe serves stable where nothing is served, and leaves everything else to whoever drives the traffic.
 */
export async function keepBaseline(
  state: PolicyState,
  ports: BaselinePorts,
  { mode, own = null }: Idle,
): Promise<Result<readonly string[]>> {
  const { stable } = state;
  if (stable === null) return ok([]);
  const spec = state.revisions[stable];
  if (spec === undefined) return unknownStable(state, stable);
  const left = await leavingOf(state, ports.workload, own);
  if (!left.ok) return left;
  const leaving = left.value;
  const wanted = Math.max(spec.kind === 'endpoints' ? spec.urls.length : spec.replicas, leaving?.wanted ?? 0);
  const running = await ports.workload.ensure(stable, spec, wanted);
  if (!running.ok) return running;
  const seen = await ports.workload.observe();
  if (!seen.ok) return seen;
  const ready = readyOf(seen.value, stable);
  if (ready < (leaving?.wanted ?? 1)) {
    const failure = stateOf(seen.value, stable)?.failure?.message;
    return ok([`${notReady(stable, leaving, ready)}${failure === undefined ? '' : `: ${failure}`}`]);
  }
  if (mode === 'observe' && seen.value.serving.stable !== null) return ok([]);
  if (seen.value.serving.stable !== stable)
    return served(await ports.workload.serve('stable', stable, ports.store.epoch));
  return withoutCanary(state.policy, ports);
}

/** They change when as many instances are ready, as long as what they are on can answer them; null: one is better than what they have. */
async function leavingOf(
  { adopted, stable }: PolicyState,
  workload: Workload,
  own: Leaving | null,
): Promise<Result<Leaving | null>> {
  const seen = await workload.observe();
  if (!seen.ok) return seen;
  const { stable: serving } = seen.value.serving;
  if (serving === null) return ok(own);
  const isOrdered = adopted !== undefined && adopted.revision === stable && adopted.formers.includes(serving);
  const isLeft = isOrdered && serving !== stable && readyOf(seen.value, serving) > 0;
  return ok(isLeft ? { what: serving, wanted: wantedOf(seen.value, serving) } : null);
}

const notReady = (stable: string, leaving: Leaving | null, ready: number): string =>
  leaving === null
    ? `no instance of ${stable} is ready yet`
    : `users stay on ${leaving.what} until ${stable} is ready: ${ready} of ${leaving.wanted} instances are`;

const served = (done: Result<void>): Result<readonly string[]> => (done.ok ? ok([]) : done);

/** Nothing is released, so nothing but stable gets traffic; a release that began meanwhile was stored before it raised anything. */
async function withoutCanary(policy: string, { router, store }: BaselinePorts): Promise<Result<readonly string[]>> {
  const route = await router.observe();
  if (!route.ok) return failed({ ...route.error, retryable: true });
  if (route.value.canary === 0) return ok([]);
  const active = await store.releases({ policy, active: true, limit: 1 });
  if (!active.ok || active.value.length > 0) return active.ok ? ok([]) : active;
  const { release, version } = route.value;
  const none = { release: release ?? 'none', epoch: store.epoch, canary: 0, ifVersion: version, latch: false };
  const lowered = await router.write(none);
  return lowered.ok ? ok([]) : failed({ ...lowered.error, retryable: true });
}

const unknownStable = ({ policy }: PolicyState, stable: string): Result<never> =>
  failed({
    reason: 'RevisionUnknown',
    message: `nothing is stored of what ${stable}, the stable revision of ${policy}, is made of`,
    retryable: false,
  });
