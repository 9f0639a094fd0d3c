/** One policy, wired to the real world: its data plane, its processes, its metrics and its rules. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { AlertBook } from '../checks/alert-book.ts';
import { LoadCounters } from '../checks/load-counters.ts';
import type { Lookback } from '../gate/known.ts';
import type { Unmeasured } from '../gate/unmeasured.ts';
import type { Clock } from '../lib/clock.ts';
import { failed, ok, type Problem, type Result } from '../lib/result.ts';
import type { MetricSource } from '../metrics/metric-source.ts';
import { type BaselinePorts, keepBaseline } from '../reconcile/baseline.ts';
import type { Ports } from '../reconcile/ports.ts';
import type { Policy } from '../release/policy.ts';
import type { PolicyState, Store } from '../release/store.ts';
import type { Finding } from '../router/finding.ts';
import type { RunningProxy } from '../router/proxy-process.ts';
import type { RuleSet } from '../rules/rule.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { ProcessWorkload } from '../workload/process.ts';
import { afterEnd } from './after-end.ts';
import { afterRollback } from './after-rollback.ts';
import { alsoTelling, type BackupDesk, backupPort, type InTurn } from './backup-desk.ts';
import { checkDesk, type DeskOptions, noJobs, ownKey, restoreAsks } from './check-desk.ts';
import { type DataPlane, openDataPlane } from './data-plane.ts';
import { fileBackups } from './file-backups.ts';
import { historySource, metricSource } from './metric-sources.ts';
import { RestoreAsks } from './restore-asks.ts';
import { type RulesInForce, rulesInForce } from './rules-in-force.ts';
import { stableHistory } from './stable-history.ts';
import { type ServiceTraffic, trafficNow, unmeasuredNow } from './traffic.ts';
import { trendRecorder } from './trend-recorder.ts';

export interface ServiceOptions {
  readonly policy: Policy;
  /** Directory of the controller's state; the service keeps its own below it. */
  readonly stateDir: string;
  readonly store: Store;
  readonly clock: Clock;
  readonly tell: Ports['tell'];
  readonly metrics: Metrics;
  /** What an Alertmanager told by its webhook. */
  readonly alerts: AlertBook;
  /** Metric sources that several policies ask. */
  readonly shared: Map<string, MetricSource>;
  readonly log: Logger;
  /** Makes the loop look at a release at once. */
  readonly nudge: (release: string) => void;
  readonly inTurn: InTurn;
}

export interface Service {
  readonly policy: Policy;
  readonly ports: Ports;
  readonly rules: RulesInForce;
  readonly workload: ProcessWorkload;
  /** null: the policy keeps nothing. */
  readonly desk: BackupDesk | null;
  readonly restoreAsks: RestoreAsks;
  /** The built-in proxy; null: something else splits the traffic. */
  readonly proxy: RunningProxy | null;
  /** What users send now, and how much of it fails; null: it cannot be told. */
  traffic(rules: RuleSet, stable: string): Promise<ServiceTraffic | null>;
  /** Rules that its metrics show nothing of, though they show stable's requests. */
  unmeasured(rules: RuleSet, stable: string): Promise<readonly Unmeasured[]>;
  /** What its metrics remember of stable, by rule; never for longer than a few seconds. */
  history(rules: RuleSet, state: PolicyState): Promise<Lookback['histories']>;
  /** What its data plane has against a release. */
  examine(): Promise<readonly Finding[]>;
  /** Looks at nothing any more; what users reach runs on. */
  close(): void;
  /** Ends the data plane if it was started here. */
  letGo(): Promise<void>;
  /** Level-based: the data plane runs, and while nothing is released stable serves everybody. Answers what is missing. */
  keep(releasing: PolicyState | null): Promise<Result<readonly string[]>>;
}

export type ServicesOptions = Omit<ServiceOptions, 'policy' | 'shared'>;

/** All of them, by name, or the first problem. */
export async function openServices(
  policies: readonly Policy[],
  options: ServicesOptions,
): Promise<Result<ReadonlyMap<string, Service>>> {
  const services = new Map<string, Service>();
  const shared = new Map<string, MetricSource>();
  for (const policy of policies) {
    const service = services.has(policy.name)
      ? failed(twice(policy))
      : await openService({ policy, ...options, shared });
    if (!service.ok) {
      await abandon(services);
      return service;
    }
    services.set(policy.name, service.value);
  }
  return ok(services);
}

/** Lets go of services that a controller opened and can't look after; a data plane that it found running runs on. */
export async function abandon(services: ReadonlyMap<string, Service>): Promise<void> {
  for (const service of services.values()) {
    service.close();
    await service.letGo();
  }
}

const twice = ({ file, name }: Policy): Problem => ({
  reason: 'PolicyTwice',
  message: `${file}: another policy is named ${name}, too`,
  retryable: false,
});

/** Attaches to what an earlier controller left running, or starts it. */
async function openService(options: ServiceOptions): Promise<Result<Service>> {
  const { policy, stateDir, store, clock } = options;
  const desk = fileBackups(policy, options);
  if (!desk.ok) return desk;
  const dir = join(stateDir, policy.name);
  mkdirSync(dir, { recursive: true });
  const plane = await openDataPlane(policy, { dir, epoch: store.epoch });
  if (!plane.ok) return plane;
  const { backends, proxy, router } = plane.value;
  // S4: from here on no earlier controller's write counts. A plane that is away is stamped by the first write of a release.
  const stamped = router.settle('', store.epoch);
  const workload = await ProcessWorkload.open({ stateDir: join(dir, 'workload'), backends, epoch: store.epoch });
  await stamped;
  if (!workload.ok) return workload;
  const load = new LoadCounters();
  const source = metricSource({ ...options, workload: workload.value, socketPath: proxy?.socketPath ?? null, load });
  const history = historySource(policy, clock);
  const { asks, checks } = asking({ ...options, load, job: noJobs, readKey: ownKey });
  const seen = { ...policy.metrics, ...options, source, workload: workload.value };
  const afterwards = [afterEnd({ ...seen, checks }), afterRollback(seen), trendRecorder(seen)];
  const tell = heardBy(afterwards, policy.name, alsoTelling(desk.value, options.tell));
  const parts = { ...{ clock, source, router, store, tell, checks }, workload: workload.value };
  const ports = withDesk(parts, policy, desk.value);
  return ok({
    policy,
    ports,
    rules: rulesInForce(policy),
    workload: workload.value,
    desk: desk.value,
    restoreAsks: asks,
    proxy,
    traffic: (set, stable) => trafficNow(ports, set, stable),
    unmeasured: (set, stable) => unmeasuredNow(ports, set, stable),
    history: (set, state) => stableHistory({ ...ports, history, intervalMs: source.intervalMs }, set, state),
    examine: () => plane.value.examine(),
    close: () => closeAll([...afterwards, asks, desk.value, checks, workload.value, plane.value]),
    letGo: () => plane.value.letGo(),
    keep: (idle) => keep(idle, { ...ports, policy }, plane.value),
  });
}

const closeAll = (all: readonly ({ close(): void } | null)[]): void => {
  for (const each of all) each?.close();
};

/** Who asks outside while a release runs, and who does after a restore. */
const asking = (options: DeskOptions) => ({
  checks: checkDesk(options),
  asks: new RestoreAsks(restoreAsks(options)),
});

const heardBy = (
  listeners: readonly { listening(policy: string, tell: Ports['tell']): Ports['tell'] }[],
  policy: string,
  tell: Ports['tell'],
): Ports['tell'] => listeners.reduce((inner, each) => each.listening(policy, inner), tell);

const withDesk = (
  ports: Omit<Ports, 'backup' | 'labels' | 'own'>,
  { metrics: { labels, own } }: Policy,
  desk: BackupDesk | null,
): Ports => ({
  ...{ ...ports, labels, own },
  ...backupPort(desk),
});

async function keep(
  idle: PolicyState | null,
  { policy, ...ports }: BaselinePorts & Pick<Ports, 'clock' | 'tell'> & { readonly policy: Policy },
  plane: DataPlane,
): Promise<Result<readonly string[]>> {
  const running = await plane.keep();
  if (!running.ok) return running;
  ports.tell({ kind: 'looked', policy: policy.name, missing: running.value, atMs: ports.clock.wallMs() });
  const kept = idle === null ? ok([]) : await keepBaseline(idle, ports, policy);
  return kept.ok ? ok([...running.value.map(({ message }) => message), ...kept.value]) : kept;
}
