/** The proxy process put together: state file, data plane, listeners; and taken apart without breaking a request. */
import { createServer, type Server } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import { failed, ok, type Result } from '../../lib/result.ts';
import { emptyRoute, type Route, restarted } from '../route.ts';
import { AccessLog } from './access-log.ts';
import { addCertificateMetrics } from './certificate-metrics.ts';
import { Certificates } from './certificates.ts';
import { Clients } from './clients.ts';
import { DeadMansSwitch } from './dead-mans-switch.ts';
import { Front } from './front.ts';
import { createControl, createMetricsServer } from './http-control.ts';
import { isAnswered, listenSocket, listenTcp, socketInUse } from './listen-http.ts';
import { type ProxyState, protocolVersion } from './protocol.ts';
import { ProxyPlane } from './proxy-plane.ts';
import { ProxyStateFile } from './proxy-state-file.ts';
import type { ProxySettings } from './settings.ts';

export interface ServiceOptions {
  readonly name: string;
  readonly listen: string;
  readonly metricsListen: string | null;
  readonly controlPath: string;
  readonly statePath: string;
  readonly settings: ProxySettings;
  /** How long a stop waits for open requests. */
  readonly graceMs: number;
  readonly log: Logger;
}

const saveWithinMs = 5_000;

/**
 *   start: control socket free? ─► state read ─► users' port ─► metrics port ─► state written ─► control socket
 *   stop:  ports closed to new requests ─► open ones end, at most `graceMs` ─► the rest is cut ─► state on disk ─► ended
 */
export class ProxyService {
  readonly #options: ServiceOptions;
  readonly #plane: ProxyPlane;
  readonly #file: ProxyStateFile;
  readonly #front: Front;
  readonly #control: Server;
  readonly #metrics: Server;
  readonly #clients = new Clients();
  readonly #certificates: Certificates;
  readonly #deadMansSwitch: DeadMansSwitch;
  readonly #ended = Promise.withResolvers<undefined>();
  #listen = '';
  #metricsListen: string | null = null;
  #stopping = false;
  #accessLog: AccessLog | null = null;
  #loggedAs: ProxySettings['accessLog'] = null;

  private constructor(options: ServiceOptions, file: ProxyStateFile, route: Route) {
    this.#options = options;
    this.#file = file;
    this.#plane = new ProxyPlane({ route, settings: options.settings, file });
    this.#clients.configure(options.settings);
    this.#deadMansSwitch = new DeadMansSwitch((silentMs) => this.#switchOff(silentMs));
    this.#deadMansSwitch.configure(options.settings.deadMansSwitchMs);
    this.#front = new Front({
      clients: this.#clients,
      choose: (request) => this.#plane.choose(request),
      refused: (reason) => this.#plane.metrics.requestRefused(reason),
      stopping: () => this.#stopping,
      settings: () => this.#plane.settings,
      log: () => this.#accessLog,
    });
    const show = this.#front.show.bind(this.#front);
    this.#certificates = new Certificates({ log: options.log, show });
    addCertificateMetrics(this.#plane.metrics.registry, () => this.#certificates.state);
    this.#control = createServer(
      createControl({
        plane: this.#plane,
        describe: () => this.describe(),
        configure: (settings) => this.#configure(settings),
        renewed: () => this.#deadMansSwitch.renew(),
        changed: (call, change) => options.log.info({ call, change }, 'changed'),
        stop: () => void this.stop(),
      }),
    );
    this.#metrics = createServer(createMetricsServer(this.#plane));
    this.#keepLog();
  }

  static async start(options: ServiceOptions): Promise<Result<ProxyService>> {
    if (await isAnswered(options.controlPath)) return failed(socketInUse(options.controlPath));
    const file = new ProxyStateFile(options.statePath, (message) => options.log.error({ message }, 'state not saved'));
    const service = new ProxyService(options, file, await startingRoute(options, file));
    const secured = await service.#certificates.use(options.settings.tls);
    const open = secured.ok ? await service.#open() : secured;
    if (open.ok) return ok(service);
    await service.stop();
    return open;
  }

  /** Resolves when the service has stopped. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  describe(): ProxyState {
    const { name, listen, metricsListen } = this.#options;
    return {
      protocol: protocolVersion,
      name,
      pid: process.pid,
      listen: this.#listen,
      metricsListen: this.#metricsListen,
      asked: { listen, metricsListen },
      route: this.#plane.state,
      targets: this.#plane.route.targets,
      settings: this.#plane.settings,
      certificate: this.#certificates.state,
      saved: this.#file.saved,
    };
  }

  /** Takes no new request, lets the open ones end within the grace, cuts the rest. */
  async stop(): Promise<void> {
    if (this.#stopping) return this.ended;
    this.#stopping = true;
    this.#certificates.close();
    this.#deadMansSwitch.stop();
    await this.#file.settled(saveWithinMs);
    const servers = [this.#control, this.#metrics].map(closing);
    const closed = Promise.all([...servers, new Promise<void>((resolve) => this.#front.close(resolve))]);
    const idle = setInterval(() => this.#front.closeIdleConnections(), 50);
    const patience = setTimeout(() => this.#cut(), this.#options.graceMs);
    await closed;
    clearInterval(idle);
    clearTimeout(patience);
    await this.#plane.end();
    await this.#accessLog?.end();
    this.#ended.resolve(undefined);
  }

  /** Whatever is under way goes on as it began. Nothing changes if the certificate can't be used. */
  async #configure(settings: ProxySettings): Promise<Result<void>> {
    const secured = await this.#certificates.use(settings.tls);
    if (!secured.ok) return secured;
    this.#plane.configure(settings);
    this.#front.configure(settings);
    this.#clients.configure(settings);
    this.#keepLog();
    this.#deadMansSwitch.configure(settings.deadMansSwitchMs);
    return ok(undefined);
  }

  #switchOff(silentMs: number): void {
    const { canary: from } = this.#plane.route;
    if (from === 0) return;
    const objection = this.#plane.switchOff(silentMs);
    const { log } = this.#options;
    if (objection === null) log.warn({ call: 'switchOff', change: { canary: 0, from, silentMs } }, 'changed');
    else log.warn({ ...objection }, 'no controller renews, but the canary keeps its traffic');
  }

  /** The file of the access log was moved away. */
  reopenLog(): void {
    this.#accessLog?.reopen();
  }

  /** As the settings say from now on. */
  #keepLog(): void {
    const { accessLog } = this.#plane.settings;
    if (isDeepStrictEqual(accessLog, this.#loggedAs)) return;
    this.#loggedAs = accessLog;
    void this.#accessLog?.end();
    const { metrics } = this.#plane;
    const { log } = this.#options;
    this.#accessLog =
      accessLog &&
      new AccessLog(accessLog, {
        dropped: () => metrics.logLineDropped(),
        failed: ({ message }) => log.error({ message }, 'access log not written'),
      });
  }

  #cut(): void {
    void this.#plane.end();
    for (const server of [this.#control, this.#metrics, this.#front]) server.closeAllConnections();
  }

  /** The users' port first, since only one can have it; the control socket last, since who finds it may use everything. */
  async #open(): Promise<Result<void>> {
    const { listen, metricsListen, controlPath } = this.#options;
    const front = await listenTcp(this.#front.server, listen);
    if (!front.ok) return front;
    this.#listen = front.value;
    if (metricsListen !== null) {
      const metrics = await listenTcp(this.#metrics, metricsListen);
      if (!metrics.ok) return metrics;
      this.#metricsListen = metrics.value;
    }
    const saved = await this.#saveFirst();
    return saved.ok ? listenSocket(this.#control, controlPath) : saved;
  }

  /** Proof that the state can be written. */
  async #saveFirst(): Promise<Result<void>> {
    this.#file.save(this.#plane.route);
    await this.#file.settled(saveWithinMs);
    if (this.#file.saved) return ok(undefined);
    const why = this.#file.error ?? `no answer from the disk for ${saveWithinMs} ms`;
    const message = `can't write the state file ${this.#options.statePath}: ${why}`;
    return failed({ reason: 'StateUnwritable', message, retryable: false });
  }
}

/** The split as it was before the restart, without the canary's traffic: the controller gives that back when it has looked. */
async function startingRoute({ log }: ServiceOptions, file: ProxyStateFile): Promise<Route> {
  const saved = await file.read();
  if (!saved.ok) log.error({ ...saved.error }, 'state unreadable, put aside');
  const before = saved.ok ? saved.value : null;
  return before === null ? emptyRoute(Date.now()) : restarted(before, Date.now());
}

/** Resolves when the last connection has ended; at once for a server that never listened. */
const closing = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()));
