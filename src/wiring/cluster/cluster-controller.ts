/** A controller that leads in a namespace: a keeper for each ReleasePolicy, one loop for all releases, one server. */
import { ignoreElements, Subject, tap } from 'rxjs';
import { AlertBook } from '../../checks/alert-book.ts';
import { ViewedClient } from '../../kube/viewed-client.ts';
import { systemClock } from '../../lib/clock.ts';
import { failed, ok, problemOf, type Result } from '../../lib/result.ts';
import { pipeline, type ReleaseKey } from '../../pipeline.ts';
import type { LogEntry } from '../../release/log.ts';
import type { Release } from '../../release/release.ts';
import type { ControlEvent } from '../../server/controls.ts';
import type { HttpServer } from '../../server/http-server.ts';
import { broadcast } from '../broadcast.ts';
import { keepLooks } from '../keep-looks.ts';
import { policyRules } from '../policy-rules.ts';
import { Pulse } from '../pulse.ts';
import { records } from '../records.ts';
import { Restorer, restorableOf } from '../restorer.ts';
import { shownReleases } from '../shown-releases.ts';
import { Starter } from '../starter.ts';
import { ClusterControls } from './cluster-controls.ts';
import { clusterDeliveries } from './cluster-deliveries.ts';
import { allPodsOf, type ClusterScene, relistEveryMs } from './cluster-scene.ts';
import type { ClusterService } from './cluster-service.ts';
import type { ClusterTerm } from './cluster-term.ts';
import { clusterTrail } from './cluster-trail.ts';
import { MassChange } from './mass-change.ts';
import { onNamespaceEnd } from './namespace-end.ts';
import { notYetServed } from './not-yet-served.ts';
import { OrderDesk } from './order-desk.ts';
import { PolicyKeepers } from './policy-keepers.ts';
import { SelfCheck } from './self-check.ts';

export interface ClusterController {
  /** Of the API. */
  readonly url: string;
  /** Stops reading, finishes writing; what users reach runs on for the next controller. */
  stop(): Promise<void>;
}

/** The loop of a namespace at rest goes round by itself: it lives. */
const beatEveryMs = 5_000;

/** Fails as a server does that cannot listen, or as a store that cannot be read. */
export async function startClusterController(term: ClusterTerm): Promise<Result<ClusterController>> {
  // Each has its own deadline, and what can't be read but the releases holds nobody up.
  const [active, deliveries, trail] = await Promise.all([
    term.store.releases({ active: true }),
    clusterDeliveries(term),
    clusterTrail(term),
  ]);
  const close = async (): Promise<void> => {
    await deliveries.close();
    await trail.close();
  };
  if (!active.ok) {
    term.view.close();
    await close();
    return active;
  }
  const leading = new Leading({ ...term, store: trail.store, deliveries, trail }, active.value);
  const server = await leading.listen(term).catch((thrown: unknown) => failed(problemOf(thrown)));
  if (!server.ok) {
    await leading.stop();
    await close();
    return server;
  }
  const stop = async (): Promise<void> => {
    try {
      await leading.stop();
    } finally {
      await server.value.stop();
    }
    await close();
    await term.store.close();
  };
  return ok({ url: server.value.url, stop });
}

type Leadership = ClusterTerm & Pick<ClusterScene, 'deliveries' | 'trail'>;

class Leading {
  readonly #scene: ClusterScene;
  readonly #keepers: PolicyKeepers;
  /** Release that is under way, by policy. */
  readonly #running = new Map<string, string>();
  readonly #begun$ = new Subject<ReleaseKey>();
  readonly #nudges$ = new Subject<string>();
  readonly #stop$ = new Subject<void>();
  readonly #ending = new AbortController();
  readonly #gone: AbortController;
  readonly #pulse = new Pulse(systemClock, []);
  readonly #loop: Promise<void>;
  readonly #beat: NodeJS.Timeout;
  #orders: OrderDesk | null = null;
  readonly #restorer: Restorer;

  constructor(term: Leadership, active: readonly Release[]) {
    this.#gone = term.gone ?? new AbortController();
    this.#scene = this.#sceneOf(term);
    this.#restorer = new Restorer({ ...this.#scene, of: (policy) => restorableOf(this.#services.get(policy)) });
    this.#beat = setInterval(() => this.#pulse.beat(), beatEveryMs);
    this.#loop = this.#run();
    this.#keepers = new PolicyKeepers({
      ...{ scene: this.#scene, active, signal: this.#ending.signal },
      deliver: (release) => this.#deliver(release),
      moved: (policy) => this.#nudgeRunning(policy),
      recall: (policy) => this.#restorer.resume(policy),
    });
    this.#keepers.begin();
    void onNamespaceEnd({ ...term, signal: this.#ending.signal }, this.#gone);
  }

  async listen({ door, log, openMetrics, reviewer, version }: ClusterTerm): Promise<Result<HttpServer>> {
    const { alerts, client, clock, deliveries, events, metrics, namespace, starter, store, trail } = this.#scene;
    const controls = new ClusterControls(this.#scene, {
      ...{ store, clock, starter, events, services: this.#services, pulse: this.#pulse, restorer: this.#restorer },
      unserved: notYetServed(this.#scene, this.#services),
      records: records({ deliveries, trail: trail.trail }),
      trail: trail.keeper,
      stop: this.#ending.signal,
      saved: (release, lines) => this.#saved(release, lines),
      nudge: (id) => this.#nudges$.next(id),
      obstacle: (policy) => this.#keepers.obstacle(policy),
      falseAlarm: (policy, rule) => metrics.calledFalse(policy, rule),
      instances: () => null,
      rules: policyRules({ store, clock, services: this.#services }),
    });
    const { refused } = trail;
    this.#orders = new OrderDesk({ client, namespace, clock, controls, log, relistEveryMs, refused });
    return door.serve({
      ...{ alerts, controls, metrics, log, clock, version, keys: [], openMetrics },
      ...(reviewer === null ? {} : { reviewer }),
    });
  }

  async stop(): Promise<void> {
    clearInterval(this.#beat);
    this.#ending.abort();
    this.#stop$.next();
    await Promise.all([this.#orders?.stop(), this.#loop, this.#keepers.settled()]);
    const { allPods, routes, view } = this.#scene;
    for (const each of [view, routes, allPods]) each.close();
  }

  get #services(): ReadonlyMap<string, ClusterService> {
    return this.#keepers.services;
  }

  #sceneOf(term: Leadership): ClusterScene {
    const { client, compression, deliveries, door, log, namespace, settings, store, trail, view } = term;
    const policies = () => [...this.#services.values()].map(({ policy }) => policy);
    const metrics = door.metrics(() => shownReleases(store, policies()));
    const starter = new Starter({
      ...{ store, clock: systemClock, compression },
      begun: (release, lines) => {
        this.#saved(release, lines);
        this.#deliver(release);
      },
      changed: ({ id }) => this.#nudges$.next(id),
    });
    return {
      ...{ client, namespace, store, settings, compression, log, metrics, starter, deliveries, trail },
      clock: systemClock,
      view,
      allPods: allPodsOf(client, namespace),
      routes: new ViewedClient({ client, relistEveryMs }),
      events: broadcast<ControlEvent>((thrown) => log.error({ thrown: String(thrown) }, 'a listener failed')),
      keep: keepLooks(store, log),
      shared: new Map(),
      massChange: new MassChange(),
      rights: new SelfCheck({ client, namespace, log }),
      alerts: new AlertBook(),
      gone: this.#gone.signal,
      nudge: (id) => this.#nudges$.next(id),
    };
  }

  #run(): Promise<void> {
    const portsOf = ({ id, policy }: ReleaseKey): ClusterService['ports'] => {
      const service = this.#services.get(policy);
      if (service === undefined) throw new Error(`no policy serves release ${id}`);
      return service.ports;
    };
    const releases$ = pipeline({ releases$: this.#begun$, nudges$: this.#nudges$, stop$: this.#stop$, portsOf });
    return new Promise((resolve) => {
      releases$
        .pipe(
          tap(({ ended, release }) => {
            this.#pulse.beat();
            if (ended) this.#ended(release);
          }),
          ignoreElements(),
        )
        .subscribe({
          complete: resolve,
          error: (thrown: unknown) => {
            this.#scene.log.error({ thrown: String(thrown) }, 'the loop ended by an error: this is a defect');
            resolve();
          },
        });
    });
  }

  #saved(release: Release, log: readonly LogEntry[]): void {
    const service = this.#services.get(release.policy);
    service?.ports.tell({ kind: 'saved', release, log, look: null });
    // Nothing serves it: what is to be taken back is, all the same.
    if (service === undefined) this.#keepers.wake(release.policy);
  }

  #deliver(release: ReleaseKey): void {
    this.#running.set(release.policy, release.id);
    this.#begun$.next(release);
  }

  /** By this controller or a late write of the one before: its policy may have another stable, and what it asks for may start. */
  #ended(id: string): void {
    const [policy] = [...this.#running].find(([, running]) => running === id) ?? [];
    if (policy === undefined || !this.#running.delete(policy)) return;
    this.#keepers.wake(policy);
  }

  /** A pod got ready, or was lost: its release is looked at without waiting for the next poll. */
  #nudgeRunning(policy: string): void {
    const release = this.#running.get(policy);
    if (release !== undefined) this.#nudges$.next(release);
  }
}
