/** What a policy of a cluster is wired to, whoever drives its rollouts: its metrics, its checks, and who hears of what becomes of its releases. */
import { LoadCounters } from '../../checks/load-counters.ts';
import type { MetricSource } from '../../metrics/metric-source.ts';
import { noSource } from '../../metrics/no-source.ts';
import type { Happening } from '../../reconcile/happening.ts';
import type { Ports } from '../../reconcile/ports.ts';
import type { ClusterPolicy } from '../../release/policy-cluster-parse.ts';
import type { Release } from '../../release/release.ts';
import type { Router } from '../../router/router.ts';
import type { KeptPods } from '../../workload/kubernetes/kept-pods.ts';
import type { Workload } from '../../workload/workload.ts';
import { afterRollback } from '../after-rollback.ts';
import { alsoTelling, type BackupDesk, backupPort } from '../backup-desk.ts';
import { withShare } from '../cluster-share.ts';
import { hear } from '../hear.ts';
import { historySource, metricSource } from '../metric-sources.ts';
import { tellMissedPages } from '../missed-pages.ts';
import { openNotices } from '../notices.ts';
import type { RestoreAsks } from '../restore-asks.ts';
import type { Served } from '../served.ts';
import { stableHistory } from '../stable-history.ts';
import { trafficNow, unmeasuredNow } from '../traffic.ts';
import { trendRecorder } from '../trend-recorder.ts';
import { clusterChecks } from './cluster-checks.ts';
import { tellEvents } from './cluster-events.ts';
import type { ClusterScene } from './cluster-scene.ts';

export interface Ends {
  readonly workload: Workload & { close(): Promise<void> };
  readonly router: Router;
  /** null: pods of failed revisions are whoever's who drives. */
  readonly kept: KeptPods | null;
  /** null: the policy keeps nothing. */
  readonly desk: BackupDesk | null;
}

export interface Wires extends Pick<Served, 'examine' | 'history' | 'traffic' | 'unmeasured'> {
  readonly ports: Ports;
  readonly restoreAsks: RestoreAsks;
  /** Releases that were under way before this controller, and the newest that is over: pages that nobody has had are sent. Never rejects. */
  tookOver(active: readonly Release[]): Promise<void>;
  /** Looks at nothing any more; what users reach runs on. */
  close(): Promise<void>;
}

export function wiresOf(scene: ClusterScene, policy: ClusterPolicy, { desk, kept, router, workload }: Ends): Wires {
  const { clock, store } = scene;
  const load = new LoadCounters();
  const source = sourceOf(scene, policy, { workload, load });
  const { tell: toldOnly, tookOver, stop } = listener(scene, policy, kept);
  const asking = clusterChecks(scene, policy, { load, workload, tell: toldOnly });
  const { labels, own } = policy.metrics;
  const seen = { clock, source, workload, store, labels, own };
  const after = afterRollback({ ...seen, tell: toldOnly });
  const trends = trendRecorder({ ...seen, tell: toldOnly });
  const tell = alsoTelling(desk, trends.listening(policy.name, after.listening(policy.name, asking.tell)));
  const known = { ...seen, router: counted(scene, policy, { router, source }), checks: asking.checks, tell };
  const ports = { ...known, ...backupPort(desk) };
  const history = historySource(policy, clock);
  const { intervalMs } = source;
  return {
    ports,
    restoreAsks: asking.restoreAsks,
    traffic: (set, stable) => trafficNow(ports, set, stable),
    unmeasured: (set, stable) => unmeasuredNow(ports, set, stable),
    history: (set, state) => stableHistory({ ...ports, history, intervalMs }, set, state),
    examine: async () => [],
    tookOver,
    close: async () => {
      for (const each of [after, asking, trends, desk]) each?.close();
      await workload.close();
      await stop();
    },
  };
}

const sourceOf = (
  { clock, metrics, shared }: ClusterScene,
  { metrics: measured, name, sources }: ClusterPolicy,
  from: { readonly workload: Workload; readonly load: LoadCounters },
): MetricSource =>
  sources[measured.source] === undefined
    ? noSource(clock)
    : metricSource({
        ...{ clock, metrics, shared },
        ...from,
        policy: { name, metrics: measured, sources },
        socketPath: null,
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

function listener(scene: ClusterScene, policy: ClusterPolicy, kept: KeptPods | null) {
  const { clock, deliveries, log, metrics } = scene;
  const notices = openNotices({ policies: [policy], clock, log, metrics, deliveries });
  const tell = (happening: Happening): void => {
    hear(happening, { ...scene, desk: notices.desk });
    if (happening.kind !== 'saved') return;
    const { release, log: lines } = happening;
    tellEvents(scene, release, lines);
    // What only makes way has nothing to be looked into.
    if (release.phase.phase === 'rollingBack' && release.supersededBy === null) kept?.failed(release.revision);
  };
  const stop = (): Promise<void> => {
    kept?.close();
    return notices.stop(2_000);
  };
  const tookOver = (active: readonly Release[]): Promise<void> =>
    tellMissedPages({ clock, desk: notices.desk, store: scene.store }, active, [policy.name]);
  return { tell, tookOver, stop };
}
