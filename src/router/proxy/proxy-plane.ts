/** The data plane of one service: the split, its two lanes, and what the control socket may do to them. */
import type { IncomingMessage } from 'node:http';
import { failed, ok, type Result } from '../../lib/result.ts';
import type { Backend } from '../deck.ts';
import type { Pointing } from '../objections.ts';
import type { Route } from '../route.ts';
import type { RouteState, WeightWrite, WriteProblem } from '../router.ts';
import { Splitter } from '../splitter.ts';
import { HealthChecks } from './health-checks.ts';
import { type OpenExchange, ProxyLane } from './proxy-lane.ts';
import { ProxyMetrics } from './proxy-metrics.ts';
import type { ProxyStateFile } from './proxy-state-file.ts';
import { Sessions } from './sessions.ts';
import type { ProxySettings } from './settings.ts';

export interface PlaneOptions {
  readonly route: Route;
  readonly settings: ProxySettings;
  readonly file: ProxyStateFile;
}

export interface Choice {
  readonly lane: ProxyLane;
  /** Where a session begins: its `Set-Cookie`. */
  readonly cookie: string | null;
}

/** Well below a controller's deadline for its calls. */
const saveWithinMs = 300;

/**
 *   control ──► splitter (the rule book) ──► lanes ──► saved in the background
 *   user request ──► choose() ──► lane
 */
export class ProxyPlane {
  readonly metrics: ProxyMetrics;
  readonly #splitter: Splitter;
  readonly #file: ProxyStateFile;
  readonly #lanes: Readonly<Record<Backend, ProxyLane>>;
  readonly #checks = new HealthChecks(() => Object.values(this.#lanes).flatMap(({ endpoints }) => endpoints));
  #settings: ProxySettings;
  #sessions: Sessions | null = null;

  constructor({ route, settings, file }: PlaneOptions) {
    this.#splitter = new Splitter(route);
    this.#file = file;
    this.#settings = settings;
    this.metrics = new ProxyMetrics(() => ({
      canaryPercent: this.route.canary,
      open: { canary: this.#lanes.canary.open.size, stable: this.#lanes.stable.open.size },
      well: { canary: countWell(this.#lanes.canary), stable: countWell(this.#lanes.stable) },
      saved: file.saved,
    }));
    const lane = (backend: Backend) =>
      new ProxyLane({
        backend,
        connectMs: settings.timeouts.connectMs,
        meter: this.metrics.meter({ backend, revision: '' }),
      });
    this.#lanes = { canary: lane('canary'), stable: lane('stable') };
    this.#aim('canary');
    this.#aim('stable');
    this.configure(settings);
  }

  get route(): Route {
    return this.#splitter.route;
  }

  get state(): RouteState {
    return { ...this.#splitter.state(this.#openOnCanary().length), answered: this.metrics.answered };
  }

  /** In force for the next request. */
  get settings(): ProxySettings {
    return this.#settings;
  }

  configure(settings: ProxySettings): void {
    this.#settings = settings;
    this.#sessions = settings.sticky === null ? null : new Sessions(settings.sticky);
    for (const lane of Object.values(this.#lanes)) lane.configure(settings.timeouts.connectMs);
    this.#checks.configure(settings.health);
  }

  /** The lane of the next request: its session's, or drawn. */
  choose({ headers, socket }: Pick<IncomingMessage, 'headers' | 'socket'>): Choice {
    const sessions = this.#sessions;
    if (sessions === null) return { lane: this.#lanes[this.#splitter.draw()], cookie: null };
    const kept = sessions.backendOf(headers.cookie, this.route);
    if (kept !== null) return { lane: this.#lanes[kept], cookie: null };
    const lane = this.#lanes[this.#splitter.draw()];
    return { lane, cookie: sessions.cookieFor(lane.revision, 'encrypted' in socket ? 'https' : 'http') };
  }

  /** A raise waits for a disk that takes it: what can't be written can't be fenced or latched after a restart. */
  write(write: WeightWrite): WriteProblem | null {
    const { error } = this.#file;
    if (write.canary > this.route.canary && error !== null) {
      this.#file.save(this.route);
      return { reason: 'Refused', message: `the proxy can't save its state, no raise until it can: ${error}` };
    }
    return this.#change(() => this.#splitter.write(write));
  }

  point(change: Pointing): WriteProblem | null {
    const before = this.route.targets[change.backend];
    const objection = this.#change(() => this.#splitter.point(change));
    if (this.route.targets[change.backend] !== before) this.#aim(change.backend);
    return objection;
  }

  settle(epoch: number): WriteProblem | null {
    return this.#change(() => this.#splitter.settle(epoch));
  }

  /** Nobody controls any more: the canary gets nothing. */
  switchOff(silentMs: number): WriteProblem | null {
    return this.#change(() => this.#splitter.switchOff({ atMs: Date.now(), silentMs }));
  }

  /** Ends the canary's open exchanges, and tells how many. */
  drain(epoch: number): Result<{ readonly ended: number }, WriteProblem> {
    const objection = this.#splitter.mayDrain(epoch);
    if (objection !== null) return failed(objection);
    const open = this.#openOnCanary();
    for (const exchange of open) exchange.cut();
    return ok({ ended: open.length });
  }

  /** Resolves when the last change is on the disk, or it is not worth waiting for: it has its effect already. */
  savedOrLate(): Promise<void> {
    return this.#file.settled(saveWithinMs);
  }

  /** Ends everything that is still open. */
  async end(): Promise<void> {
    this.#checks.configure(null);
    for (const lane of Object.values(this.#lanes)) {
      for (const exchange of lane.open) exchange.cut();
      await lane.destroy();
    }
  }

  /** What was sent to the canary, and what its revision still has open as a stable that was taken back. */
  #openOnCanary(): readonly OpenExchange[] {
    const { canary, stable } = this.#lanes;
    if (canary.revision === stable.revision) return [...canary.open];
    return [...canary.open, ...[...stable.open].filter((exchange) => exchange.revision === canary.revision)];
  }

  #aim(backend: Backend): void {
    const { targets } = this.route;
    const other = backend === 'canary' ? 'stable' : 'canary';
    // The series used least are forgotten first: never those of the lane that stays as it is.
    this.metrics.meter({ backend: other, revision: targets[other].revision ?? '' });
    const target = targets[backend];
    this.#lanes[backend].point(target, this.metrics.meter({ backend, revision: target.revision ?? '' }));
  }

  #change(make: () => WriteProblem | null): WriteProblem | null {
    const before = this.route;
    const objection = make();
    if (this.route !== before) this.#file.save(this.route);
    return objection;
  }
}

const countWell = ({ endpoints }: ProxyLane): number => endpoints.filter(({ isWell }) => isWell).length;
