/** Composition root: settings -> adapters -> pipeline -> server. The only file, with `wiring`, that picks adapters. */
import { Subject } from 'rxjs';
import { AlertBook } from './checks/alert-book.ts';
import { systemClock } from './lib/clock.ts';
import type { ListenAddress } from './lib/listen-address.ts';
import { failed, ok, type Problem, type Result } from './lib/result.ts';
import type { ReleaseKey } from './pipeline.ts';
import type { DeliveryLog } from './release/delivery-log.ts';
import type { LogEntry } from './release/log.ts';
import type { Policy } from './release/policy.ts';
import type { Release } from './release/release.ts';
import { openSqliteStore } from './release/sqlite.ts';
import type { TrailedStore } from './release/trail.ts';
import type { ControlEvent, Controls } from './server/controls.ts';
import { startHttpServer } from './server/http-server.ts';
import type { Key } from './server/http-token.ts';
import type { Logger } from './telemetry/logger.ts';
import { createMetrics, type Metrics } from './telemetry/metrics.ts';
import { turns } from './wiring/backup-desk.ts';
import { broadcast } from './wiring/broadcast.ts';
import { ReleaseControls } from './wiring/controls.ts';
import { hear } from './wiring/hear.ts';
import { Instances } from './wiring/instances.ts';
import { keepLooks } from './wiring/keep-looks.ts';
import { keepTrail } from './wiring/keep-trail.ts';
import { keptDeliveries } from './wiring/kept-deliveries.ts';
import { beginHeartbeat, storePath } from './wiring/leader-file.ts';
import { tellMissedPages } from './wiring/missed-pages.ts';
import { type Notices, openNotices } from './wiring/notices.ts';
import { policyRules } from './wiring/policy-rules.ts';
import { Pulse } from './wiring/pulse.ts';
import { records } from './wiring/records.ts';
import { openRestorer } from './wiring/restorer.ts';
import { type Loop, runLoop } from './wiring/run-loop.ts';
import { abandon, openServices, type Service } from './wiring/service.ts';
import { shownReleases } from './wiring/shown-releases.ts';
import { Starter } from './wiring/starter.ts';

export interface ControllerSettings {
  readonly policies: readonly Policy[];
  /** Directory for the store, the data planes and the processes; made when missing. One controller owns it at a time. */
  readonly stateDir: string;
  readonly listen: ListenAddress;
  /** Tokens that open the API; none: loopback only. */
  readonly keys: readonly Key[];
  /** Every duration of plans and rules is divided by it; 1: as written. */
  readonly compression: number;
  readonly version: string;
  readonly log: Logger;
  /** Of the state folder, already opened; left out: opened here. */
  readonly store?: TrailedStore;
  /** A later controller leads on the state folder: this one must not write any more. Left out: it is logged. */
  readonly lostLead?: () => void;
}

export interface Controller {
  /** Of the API. */
  readonly url: string;
  readonly controls: Controls;
  readonly services: ReadonlyMap<string, Service>;
  /** Stops reading, finishes writing; what users reach runs on for the next controller. */
  stop(): Promise<void>;
}

export async function startController(settings: ControllerSettings): Promise<Result<Controller>> {
  const { log, stateDir } = settings;
  const store = settings.store === undefined ? openSqliteStore({ path: storePath(stateDir) }) : ok(settings.store);
  if (!store.ok) return store;
  const lost = settings.lostLead ?? (() => log.error({}, 'another controller leads on this state folder now'));
  const heartbeat = beginHeartbeat(stateDir, store.value.epoch, lost);
  const deliveries = keptDeliveries(stateDir, log);
  const started = await assemble(settings, { store: store.value, deliveries });
  if (!started.ok) {
    heartbeat.stop();
    await deliveries.close();
    await store.value.close();
    return started;
  }
  heartbeat.announce(started.value.url);
  const stop = async (): Promise<void> => {
    await started.value.stop();
    await deliveries.close();
    heartbeat.stop();
  };
  return ok({ ...started.value, stop });
}

interface Kept {
  readonly store: TrailedStore;
  readonly deliveries: DeliveryLog;
}

async function assemble(settings: ControllerSettings, { store, deliveries }: Kept): Promise<Result<Controller>> {
  const { log, policies, stateDir, version } = settings;
  const clock = systemClock;
  const events = broadcast<ControlEvent>((thrown) => log.error({ thrown: String(thrown) }, 'a listener failed'));
  const metrics = createMetrics({ version, releases: () => shownReleases(store, policies) });
  for (const { name } of policies) metrics.serves(name);
  const notices = openNotices({ policies, clock, log, metrics, deliveries });
  const listeners = { metrics, log, events, desk: notices.desk, keep: keepLooks(store, log) };
  const tell = (happening: Parameters<typeof hear>[0]): void => hear(happening, listeners);
  const nudges$ = new Subject<string>();
  const nudge = (id: string): void => nudges$.next(id);
  const common = { stateDir, store, clock, tell, metrics, log, nudge, alerts: new AlertBook(), inTurn: turns() };
  const services = await openServices(policies, common);
  if (!services.ok) return services;
  const begun$ = new Subject<ReleaseKey>();
  const saved = (release: Release, lines: readonly LogEntry[]): void =>
    tell({ kind: 'saved', release, log: lines, look: null });
  const starter = new Starter({
    ...{ store, clock, compression: settings.compression },
    begun: (release, lines) => {
      saved(release, lines);
      begun$.next(release);
    },
    changed: (release) => nudges$.next(release.id),
  });
  const trail = keepTrail({ trail: store, clock, log });
  const pulse = new Pulse(clock, [...services.value.keys()]);
  const instances = new Instances(services.value, (policy) => nudgeRunning(policy, starter, nudges$));
  const restorer = openRestorer({ log, store, clock, starter, services: services.value });
  const controls = new ReleaseControls({
    ...{ restorer, store, clock, services: services.value, starter, events, pulse, saved, trail, nudge },
    records: records({ deliveries, trail: store }),
    falseAlarm: (policy, rule) => metrics.calledFalse(policy, rule),
    instances: (policy) => instances.latest(policy),
    rules: policyRules({ store, clock, services: services.value }),
  });
  const loop: Loop = { log, store, trail, services: services.value, starter, pulse, begun$, nudges$ };
  const surface = { alerts: common.alerts, controls, metrics, instances, notices };
  return orLetGo(await open(settings, loop, surface), instances, services.value);
}

/** A controller that can't be opened leaves everything as it found it. */
async function orLetGo<T extends Result<unknown>>(
  opened: T,
  instances: Instances,
  services: ReadonlyMap<string, Service>,
): Promise<T> {
  if (opened.ok) return opened;
  instances.close();
  await abandon(services);
  return opened;
}

async function nudgeRunning(policy: string, starter: Starter, nudges$: Subject<string>): Promise<void> {
  const running = await starter.running(policy);
  if (running.ok && running.value !== null) nudges$.next(running.value.id);
}

interface Surface {
  readonly alerts: AlertBook;
  readonly controls: Controls;
  readonly metrics: Metrics;
  readonly instances: Instances;
  readonly notices: Notices;
}

async function open(settings: ControllerSettings, loop: Loop, surface: Surface): Promise<Result<Controller>> {
  const { instances, notices, ...served } = surface;
  const { controls } = served;
  const { services, store } = loop;
  const active = await store.releases({ active: true });
  if (!active.ok) return active;
  const unreadable = await store.unreadable();
  for (const each of unreadable.ok ? unreadable.value : [])
    settings.log.error({ ...each }, 'release cannot be read and is left as it is');
  const orphan = active.value.find(({ policy }) => !services.has(policy));
  if (orphan !== undefined) return failed(policyMissing(orphan.id, orphan.policy));
  const { keys, listen, log, version } = settings;
  loop.trail.accepted(settings.policies);
  const server = await startHttpServer({ ...served, log, clock: systemClock, ...listen, keys, version });
  if (!server.ok) return server;
  await tellMissedPages({ clock: systemClock, desk: notices.desk, store }, active.value, services.keys());
  const stop$ = new Subject<void>();
  const drained = runLoop(loop, active.value, stop$);
  const stop = async (): Promise<void> => {
    instances.close();
    stop$.next();
    await drained;
    await server.value.stop();
    await notices.stop(2_000);
    for (const service of services.values()) service.close();
    await store.close();
  };
  return ok({ url: server.value.url, controls, services, stop });
}

const policyMissing = (id: string, policy: string): Problem => ({
  reason: 'PolicyMissing',
  message: `release ${id} is under way, but no policy named ${policy} was given: start with its file, too`,
  retryable: false,
});
