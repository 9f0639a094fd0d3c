/** One policy of a cluster, wired to it: its pods, its route, its metrics and its rules. */
import { LoadCounters } from '../../checks/load-counters.ts';
import { failed, ok, type Problem, type Result } from '../../lib/result.ts';
import type { MetricSource } from '../../metrics/metric-source.ts';
import type { Happening } from '../../reconcile/happening.ts';
import type { Ports } from '../../reconcile/ports.ts';
import type { ClusterPolicy } from '../../release/policy-cluster-parse.ts';
import type { ClusterTraffic } from '../../release/policy-cluster-traffic.ts';
import type { Release } from '../../release/release.ts';
import type { Router } from '../../router/router.ts';
import { KeptPods } from '../../workload/kubernetes/kept-pods.ts';
import type { Owner } from '../../workload/kubernetes/labels.ts';
import type { Wish } from '../../workload/kubernetes/wish.ts';
import { KubernetesWorkload } from '../../workload/kubernetes.ts';
import type { KubernetesTarget } from '../../workload/kubernetes-target.ts';
import type { Backend } from '../../workload/workload.ts';
import { AfterRollback } from '../after-rollback.ts';
import { alsoTelling, type BackupDesk, backupPort } from '../backup-desk.ts';
import { clusterRouter } from '../cluster-router.ts';
import { withShare } from '../cluster-share.ts';
import { hear } from '../hear.ts';
import { historySource, metricSource } from '../metric-sources.ts';
import { tellMissedPages } from '../missed-pages.ts';
import { openNotices } from '../notices.ts';
import type { RestoreAsks } from '../restore-asks.ts';
import { stableHistory } from '../stable-history.ts';
import type { Served } from '../starter.ts';
import { trafficNow, unmeasuredNow } from '../traffic.ts';
import { AnsweredWish } from './answered-wish.ts';
import { clusterBackups } from './cluster-backups.ts';
import { clusterChecks } from './cluster-checks.ts';
import { tellEvents } from './cluster-events.ts';
import { ClusterRules } from './cluster-rules.ts';
import type { ClusterScene } from './cluster-scene.ts';

export interface ClusterService extends Served {
  readonly cluster: ClusterPolicy;
  readonly ports: Ports;
  readonly rules: ClusterRules;
  readonly workload: KubernetesWorkload;
  readonly target: KubernetesTarget;
  readonly answered: AnsweredWish;
  readonly services: Readonly<Record<Backend, string>>;
  /** Releases that were under way before this controller, and the newest that is over: pages that nobody has had are sent. Never rejects. */
  tookOver(active: readonly Release[]): Promise<void>;
  /** null: the policy keeps nothing. */
  readonly desk: BackupDesk | null;
  readonly restoreAsks: RestoreAsks;
  /** Looks at nothing any more; what users reach runs on. */
  close(): Promise<void>;
}

export interface ClusterOrder {
  readonly policy: ClusterPolicy;
  readonly owner: Owner;
  readonly target: KubernetesTarget;
  /** What the target asks for, for a policy that nobody saw before. */
  readonly wish: Wish;
}

/** Fails with `NotSupported` or `InvalidPolicy` where nothing can deliver it. */
export function openClusterService(scene: ClusterScene, order: ClusterOrder): Result<ClusterService> {
  const { clock, namespace, routes } = scene;
  const { policy, target } = order;
  const services = servicesOf(policy.traffic);
  if (services === null) return failed(onlyServices);
  if (policy.mode === 'observe') return failed(noObserving);
  const routed = clusterRouter({ client: routes, namespace }, policy.traffic);
  if (!routed.ok) return routed;
  const kept = keptPods(scene, order);
  const workload = workloadOf(scene, order, { services, kept });
  const history = historySource(policy, clock);
  const { ports, ...connected } = connect(scene, order, { kept, workload, router: routed.value });
  const { intervalMs } = ports.source;
  return ok({
    cluster: policy,
    policy: servedPolicy(namespace, order),
    ports,
    rules: new ClusterRules(),
    workload,
    target,
    ...answering(target),
    services,
    traffic: (set, stable) => trafficNow(ports, set, stable),
    unmeasured: (set, stable) => unmeasuredNow(ports, set, stable),
    history: (set, state) => stableHistory({ ...ports, history, intervalMs }, set, state),
    examine: async () => [],
    ...connected,
  });
}

interface Ends {
  readonly kept: KeptPods;
  readonly workload: KubernetesWorkload;
  readonly router: Router;
}

/** Its ports, and who hears of what becomes of its releases. */
function connect(
  scene: ClusterScene,
  order: ClusterOrder,
  { kept, workload, router }: Ends,
): Pick<ClusterService, 'close' | 'desk' | 'ports' | 'restoreAsks' | 'tookOver'> {
  const { clock, store } = scene;
  const { policy } = order;
  const load = new LoadCounters();
  const source = sourceOf(scene, policy, { workload, load });
  const desk = clusterBackups(scene, order);
  const { tell: toldOnly, tookOver, stop } = listener(scene, policy, kept);
  const asking = clusterChecks(scene, policy, { load, workload, tell: toldOnly });
  const { labels, own } = policy.metrics;
  const seen = { clock, source, workload, store, labels, own };
  const after = new AfterRollback({ ...seen, tell: toldOnly });
  const tell = alsoTelling(desk, after.listening(policy.name, asking.tell));
  const ports = { ...seen, router: counted(scene, policy, { router, source }), checks: asking.checks, tell };
  return {
    ports: { ...ports, ...backupPort(desk) },
    desk,
    restoreAsks: asking.restoreAsks,
    tookOver,
    close: async () => {
      for (const each of [after, asking, desk]) each?.close();
      await workload.close();
      await stop();
    },
  };
}

const servedPolicy = (namespace: string, { policy, wish }: ClusterOrder): ClusterService['policy'] => ({
  ...policy,
  file: `ReleasePolicy ${namespace}/${policy.name}`,
  target: { revision: wish.revision, spec: wish.spec },
});

const sourceOf = (
  { clock, metrics, shared }: ClusterScene,
  { metrics: measured, name, sources }: ClusterPolicy,
  from: { readonly workload: KubernetesWorkload; readonly load: LoadCounters },
): MetricSource =>
  metricSource({
    ...{ clock, metrics, shared },
    ...from,
    policy: { name, metrics: measured, sources },
    socketPath: null,
  });

const answering = (target: KubernetesTarget): Pick<ClusterService, 'answered' | 'asked'> => {
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
  { services, kept }: { readonly services: ClusterService['services']; readonly kept: KeptPods },
): KubernetesWorkload =>
  new KubernetesWorkload({
    ...{ client, view, owner, services, kept, epoch: store.epoch },
    target: policy.deployment,
    troubled: (problem) => log.warn({ policy: policy.name, ...problem }, 'a Service could not be put back'),
  });

/** Its weights are verified in the mesh's own counters where the policy's preset has them. */
const counted = (
  { clock, log, namespace }: ClusterScene,
  { metrics: { preset }, name, traffic }: ClusterPolicy,
  { router, source }: Pick<Ports, 'router' | 'source'>,
): Router =>
  withShare(router, {
    ...{ source, clock, namespace, traffic, preset },
    troubled: (message) => log.warn({ policy: name, said: message }, 'requests of the mesh are not counted'),
  });

function listener(scene: ClusterScene, policy: ClusterPolicy, kept: KeptPods) {
  const { clock, deliveries, log, metrics } = scene;
  const notices = openNotices({ policies: [policy], clock, log, metrics, deliveries });
  const tell = (happening: Happening): void => {
    hear(happening, { ...scene, desk: notices.desk });
    if (happening.kind !== 'saved') return;
    const { release, log: lines } = happening;
    tellEvents(scene, release, lines);
    // What only makes way has nothing to be looked into.
    if (release.phase.phase === 'rollingBack' && release.supersededBy === null) kept.failed(release.revision);
  };
  const stop = (): Promise<void> => {
    kept.close();
    return notices.stop(2_000);
  };
  const tookOver = (active: readonly Release[]): Promise<void> =>
    tellMissedPages({ clock, desk: notices.desk, store: scene.store }, active, [policy.name]);
  return { tell, tookOver, stop };
}

/** null: the route tells them apart by something else than Services. */
function servicesOf({ istio, gatewayApi, traefik, jsonPatch }: ClusterTraffic) {
  return (istio ?? gatewayApi ?? traefik ?? jsonPatch)?.services ?? null;
}

const onlyServices: Problem = {
  reason: 'NotSupported',
  message:
    'spec.traffic.istio.subsets is not available in this version: name two Services under spec.traffic.istio.services, Sluice makes them where they are missing',
  retryable: false,
};

const noObserving: Problem = {
  reason: 'NotSupported',
  message: 'spec.mode observe is not available in a cluster in this version: write enforce or advise',
  retryable: false,
};
