/**
 * A release on which nothing objects, from its start to the end of its watch, over a cluster that nothing is written to.
 *
 *   revision cut ──► [ look ──► next action ──► carried out ] until nothing is left ──► next step ──► ... ──► promoted ──► watch over
 */
import { failed, ok, type Problem, type Result } from '../../lib/result.ts';
import { nextAction } from '../../reconcile/next-action.ts';
import { perform } from '../../reconcile/perform.ts';
import { startSession } from '../../reconcile/session.ts';
import { observe } from '../../release/observe.ts';
import { policyAfter } from '../../release/policy-state.ts';
import type { Release } from '../../release/release.ts';
import type { PolicyState } from '../../release/store.ts';
import { transition } from '../../release/transition.ts';
import type { Router } from '../../router/router.ts';
import type { Wish } from '../../workload/kubernetes/wish.ts';
import type { KubernetesWorkload } from '../../workload/kubernetes.ts';
import type { KubernetesTarget } from '../../workload/kubernetes-target.ts';
import type { RehearsedClient } from './rehearsed-client.ts';
import type { RehearsedView } from './rehearsed-view.ts';

export interface Stage {
  readonly client: RehearsedClient;
  readonly view: RehearsedView;
  readonly target: KubernetesTarget;
  readonly workload: KubernetesWorkload;
  readonly router: Router;
  readonly wish: Wish;
  /** Of the controller. */
  readonly epoch: number;
}

/** More than any plan takes. */
const mostPasses = 500;

/** Writes stand with the client. Fails with what refuses one, or where it does not come to an end. */
export async function rehearse(stage: Stage, begun: Release, state: PolicyState): Promise<Result<void>> {
  const { client, target, view, wish } = stage;
  client.stage = 'before its first traffic';
  const looked = await view.refresh();
  const prepared = looked.ok ? await target.prepare(wish) : looked;
  if (!prepared.ok) return prepared;
  // Nothing is measured: what the router says it carries is what is carried.
  let release: Release = { ...begun, plan: { ...begun.plan, verify: 'off' } };
  let policy = state;
  for (let pass = 0; pass < mostPasses; pass += 1) {
    const passed = await onePass(stage, release, policy);
    if (!passed.ok) return passed;
    release = passed.value.release;
    policy = policyAfter(policy, release);
    if (release.phase.phase === 'succeeded') return ok(undefined);
    if (passed.value.isBusy) continue;
    const next = onward(release);
    if (next === null) return failed(stuck(release));
    release = next;
    client.stage = stageOf(release);
  }
  return failed(stuck(release));
}

interface Passed {
  readonly release: Release;
  /** Something was done, or seen to be done: look again. */
  readonly isBusy: boolean;
}

async function onePass(stage: Stage, release: Release, policy: PolicyState): Promise<Result<Passed>> {
  const { client, epoch, router, view, workload } = stage;
  const looked = await view.refresh();
  if (!looked.ok) return looked;
  const sized = await workload.keepSizes();
  if (!sized.ok) return sized;
  const [route, pods] = [await router.observe(), await workload.observe()];
  if (!route.ok) return failed({ ...route.error, retryable: false });
  if (!pods.ok) return pods;
  const world = { route: route.value, workload: pods.value };
  const seen = observe(release, { ...world, nowMs: Date.now(), epoch }).release;
  if (seen.phase.phase !== release.phase.phase) client.stage = stageOf(seen);
  const action = nextAction(seen, world);
  if (action === null) return ok({ release: seen, isBusy: seen.phase.phase !== release.phase.phase });
  const ports = { workload, router, store: { epoch }, tell: () => {} };
  const done = await perform(action, { session: startSession(seen), ports, release: seen, policy, world });
  return done.ok ? ok({ release: seen, isBusy: true }) : done;
}

/** As if every bake, rule and person had passed it; null: nothing follows. */
function onward(release: Release): Release | null {
  const { phase, plan, weight } = release;
  if (phase.phase === 'watching') {
    const { standby, watchMs } = plan;
    const isShort = standby === undefined || standby.afterMs >= watchMs || phase.watchedMs >= standby.afterMs;
    if (phase.watchedMs >= watchMs) return null;
    return { ...release, phase: { ...phase, watchedMs: isShort ? watchMs : standby.afterMs } };
  }
  const step = phase.phase === 'preparing' ? 0 : 'step' in phase ? phase.step + 1 : plan.steps.length;
  const next = plan.steps[step];
  const entered = transition(release, next === undefined ? { kind: 'promote' } : { kind: 'advance' });
  if (entered === null) return null;
  return { ...release, phase: entered, weight: { ...weight, desired: next?.weight ?? weight.desired } };
}

function stageOf({ phase, plan, revision, stableRevision }: Release): string {
  if ('step' in phase) return `step ${phase.step + 1}: ${plan.steps[phase.step]?.weight ?? '?'} %`;
  if (phase.phase === 'promoting') return `promotion: ${revision} becomes stable`;
  if (phase.phase !== 'watching') return phase.phase;
  return phase.watchedMs >= plan.watchMs
    ? `end of the watch: ${stableRevision ?? 'nothing'} is kept without pods`
    : 'watch';
}

const stuck = ({ phase }: Release): Problem => ({
  reason: 'RehearsalStuck',
  message: `the rehearsal got no further than "${phase.phase}": what would follow is not known`,
  retryable: false,
});
