/** What all policies of a namespace share while one controller leads there. */
import type { AlertBook } from '../../checks/alert-book.ts';
import type { KubeClient } from '../../kube/client.ts';
import { LazyView } from '../../kube/lazy-view.ts';
import { ClusterView } from '../../kube/view.ts';
import type { ViewedClient } from '../../kube/viewed-client.ts';
import type { Clock } from '../../lib/clock.ts';
import type { MetricSource } from '../../metrics/metric-source.ts';
import type { DeliveryLog } from '../../release/delivery-log.ts';
import type { ClusterSettings } from '../../release/policy-cluster-settings.ts';
import type { Store } from '../../release/store.ts';
import type { ControlEvent } from '../../server/controls.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { folders } from '../../workload/kubernetes/labels.ts';
import type { Broadcast } from '../broadcast.ts';
import type { KeepLook } from '../keep-looks.ts';
import type { Starter } from '../starter.ts';
import type { ClusterTrail } from './cluster-trail.ts';
import type { MassChange } from './mass-change.ts';
import { policiesFolder } from './policies-folder.ts';
import type { SelfCheck } from './self-check.ts';

export interface ClusterScene {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly view: ClusterView;
  /** All pods of the namespace, where somebody else's are looked at. */
  readonly allPods: LazyView;
  /** Routes and endpoints, looked at for nothing. */
  readonly routes: ViewedClient;
  readonly store: Store;
  readonly settings: ClusterSettings;
  readonly clock: Clock;
  readonly compression: number;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly events: Broadcast<ControlEvent>;
  readonly keep: KeepLook;
  readonly deliveries: DeliveryLog;
  readonly trail: ClusterTrail;
  readonly starter: Starter;
  readonly massChange: MassChange;
  readonly rights: SelfCheck;
  /** What an Alertmanager told by its webhook. */
  readonly alerts: AlertBook;
  /** Comes when the namespace itself is deleted. */
  readonly gone: AbortSignal;
  /** Metric sources that several policies ask. */
  readonly shared: Map<string, MetricSource>;
  /** Makes the loop look at a release at once. */
  readonly nudge: (release: string) => void;
}

/** What is watched in the namespace. */
function watchedPaths(namespace: string) {
  const { autoscalers, configMaps, deployments, pods, services } = folders(namespace);
  const ours = { labelSelector: 'sluice.dev/policy' };
  return [
    { path: policiesFolder(namespace) },
    { path: deployments },
    { path: services },
    { path: configMaps },
    { path: autoscalers },
    { path: pods, query: ours },
  ];
}

/** Everything is listed anew so often. */
export const relistEveryMs = 300_000;

/** What a term looks at; begun when it is won: what was heard before may be a former leader's past. */
export const openView = (client: KubeClient, namespace: string): ClusterView =>
  new ClusterView({ client, paths: watchedPaths(namespace), relistEveryMs });

/** Whatever labels they have; nothing is asked for until somebody looks. */
export const allPodsOf = (client: KubeClient, namespace: string): LazyView =>
  new LazyView({ client, paths: [{ path: folders(namespace).pods }], relistEveryMs });
