/** A policy whose rollouts somebody else drives: its pods and its route are looked at, and judged by its rules. */
import { failed, ok, type Result } from '../../lib/result.ts';
import type { ClusterPolicy } from '../../release/policy-cluster-parse.ts';
import { onlyLooking } from '../../router/only-looking.ts';
import { ObservedWorkload } from '../../workload/kubernetes-observed.ts';
import { clusterRouter } from '../cluster-router.ts';
import { ClusterRules } from './cluster-rules.ts';
import type { ClusterScene } from './cluster-scene.ts';
import { type ObservingService, onlyServices, servicesOf } from './cluster-service.ts';
import { wiresOf } from './cluster-wires.ts';

/** Fails with `NotSupported` or `InvalidPolicy` where nothing tells the two versions apart. */
export function openObservedService(scene: ClusterScene, policy: ClusterPolicy): Result<ObservingService> {
  const { allPods, namespace, routes, view } = scene;
  const services = servicesOf(policy.traffic);
  if (services === null) return failed(onlyServices);
  const routed = clusterRouter({ client: routes, namespace }, policy.traffic);
  if (!routed.ok) return routed;
  const workload = new ObservedWorkload({ namespace, view, pods: allPods.open(), services });
  const spec = { kind: 'endpoints', urls: [], healthPath: null } as const;
  return ok({
    kind: 'observes',
    cluster: policy,
    // What runs is whoever's who drives: nothing is known of it before it is seen.
    policy: { ...policy, file: `ReleasePolicy ${namespace}/${policy.name}`, target: { revision: '', spec } },
    rules: new ClusterRules(),
    workload,
    desk: null,
    ...wiresOf(scene, policy, { desk: null, kept: null, workload, router: onlyLooking(routed.value) }),
  });
}
