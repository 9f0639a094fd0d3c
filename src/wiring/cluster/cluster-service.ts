/** One policy of a cluster, wired to it: its pods, its route, its metrics and its rules. */
import { failed, ok, type Problem, type Result } from '../../lib/result.ts';
import type { ClusterPolicy } from '../../release/policy-cluster-parse.ts';
import type { ClusterTraffic } from '../../release/policy-cluster-traffic.ts';
import { KeptPods } from '../../workload/kubernetes/kept-pods.ts';
import type { Owner } from '../../workload/kubernetes/labels.ts';
import type { Wish } from '../../workload/kubernetes/wish.ts';
import { KubernetesWorkload } from '../../workload/kubernetes.ts';
import type { ObservedWorkload } from '../../workload/kubernetes-observed.ts';
import type { KubernetesTarget } from '../../workload/kubernetes-target.ts';
import type { Backend } from '../../workload/workload.ts';
import type { BackupDesk } from '../backup-desk.ts';
import { clusterRouter } from '../cluster-router.ts';
import type { Served } from '../served.ts';
import { notServing } from '../start-problems.ts';
import { AnsweredWish } from './answered-wish.ts';
import { clusterBackups } from './cluster-backups.ts';
import { ClusterRules } from './cluster-rules.ts';
import type { ClusterScene } from './cluster-scene.ts';
import { type Wires, wiresOf } from './cluster-wires.ts';
import { takenOver } from './delivery-words.ts';
import { SameRevision } from './same-revision.ts';

interface AnyService extends Served, Wires {
  readonly cluster: ClusterPolicy;
  readonly rules: ClusterRules;
  /** null: the policy keeps nothing. */
  readonly desk: BackupDesk | null;
}

/** Sluice makes what runs, and says who gets how much. */
export interface DeliveringService extends AnyService {
  readonly kind: 'delivers';
  readonly workload: KubernetesWorkload;
  readonly target: KubernetesTarget;
  readonly answered: AnsweredWish;
  readonly same: SameRevision;
  readonly services: Readonly<Record<Backend, string>>;
}

/** Somebody else does. */
export interface ObservingService extends AnyService {
  readonly kind: 'observes';
  readonly workload: ObservedWorkload;
}

export type ClusterService = DeliveringService | ObservingService;

export interface ClusterOrder {
  readonly policy: ClusterPolicy;
  readonly owner: Owner;
  readonly target: KubernetesTarget;
  /** What the target asks for, for a policy that nobody saw before. */
  readonly wish: Pick<Wish, 'revision' | 'spec'>;
}

/** Fails with `NotSupported` or `InvalidPolicy` where nothing can deliver it. */
export function openClusterService(scene: ClusterScene, order: ClusterOrder): Result<DeliveringService> {
  const { namespace, routes } = scene;
  const { policy, target } = order;
  const services = servicesOf(policy.traffic);
  if (services === null) return failed(onlyServices);
  const routed = clusterRouter({ client: routes, namespace }, policy.traffic);
  if (!routed.ok) return routed;
  const kept = keptPods(scene, order);
  const workload = workloadOf(scene, order, { services, kept });
  const desk = clusterBackups(scene, order);
  return ok({
    kind: 'delivers',
    cluster: policy,
    policy: servedPolicy(namespace, order),
    rules: new ClusterRules(),
    workload,
    desk,
    target,
    ...answering(target),
    services,
    same: new SameRevision(),
    unsettled: async (stable) => (policy.mode === 'observe' ? takenOver : unsettled(workload, stable)),
    ...wiresOf(scene, policy, { desk, kept, workload, router: routed.value }),
  });
}

const servedPolicy = (namespace: string, { policy, wish }: ClusterOrder): Served['policy'] => ({
  ...policy,
  file: `ReleasePolicy ${namespace}/${policy.name}`,
  target: { revision: wish.revision, spec: wish.spec },
});

/** Its pods may be starting: it was adopted, or made stable, a moment ago. */
async function unsettled(workload: KubernetesWorkload, stable: string): Promise<Problem | null> {
  const seen = await workload.observe();
  if (!seen.ok) return seen.error;
  return seen.value.serving.stable === stable ? null : notServing(stable);
}

const answering = (target: KubernetesTarget): Pick<DeliveringService, 'answered' | 'asked'> => {
  const answered = new AnsweredWish();
  return { answered, asked: () => answered.askedFor(target.wish()) };
};

/** For whoever looks into a failure. */
const keepFailedMs = 1_800_000;

function keptPods({ client, compression, log }: ClusterScene, { owner, policy }: ClusterOrder): KeptPods {
  const troubled = (problem: Problem): void =>
    log.warn({ policy: policy.name, ...problem }, 'pods of failed revisions are not looked after');
  const kept = new KeptPods({ client, owner, keepMs: keepFailedMs / compression, troubled });
  void kept.resume();
  return kept;
}

const workloadOf = (
  { client, log, store, view }: ClusterScene,
  { owner, policy }: ClusterOrder,
  { services, kept }: { readonly services: DeliveringService['services']; readonly kept: KeptPods },
): KubernetesWorkload =>
  new KubernetesWorkload({
    ...{ client, view, owner, services, kept, epoch: store.epoch },
    target: policy.deployment,
    troubled: (problem) => log.warn({ policy: policy.name, ...problem }, 'a Service could not be put back'),
  });

/** null: the route tells them apart by something else than Services. */
export function servicesOf({ istio, gatewayApi, traefik, jsonPatch }: ClusterTraffic) {
  return (istio ?? gatewayApi ?? traefik ?? jsonPatch)?.services ?? null;
}

export const onlyServices: Problem = {
  reason: 'NotSupported',
  message:
    'spec.traffic.istio.subsets is not available in this version: name two Services under spec.traffic.istio.services, Sluice makes them where they are missing',
  retryable: false,
};
