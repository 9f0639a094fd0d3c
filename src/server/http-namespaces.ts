/**
 * One port for the controllers of several namespaces: the API and the page of each stand below /namespaces/NAME/.
 *
 *   /livez /readyz /metrics ──► of all; /livez and /readyz of one also below its own address
 *   /namespaces/NAME/... ─────► door(NAME): who waits there, and then who leads
 */
import { createServer, type Server } from 'node:http';
import express, { type Express, type RequestHandler } from 'express';
import { formatListenAddress } from '../lib/listen-address.ts';
import { failed, ok, type Problem, type Result } from '../lib/result.ts';
import type { Release } from '../release/release.ts';
import { type Metrics, MetricsPage, type ShownReleases } from '../telemetry/metrics.ts';
import type { Alive, Controls, Ready } from './controls.ts';
import type { Door, Served } from './door.ts';
import { counted, httpApp } from './http-app.ts';
import { errorHandler, refuse } from './http-errors.ts';
import { HttpEvents } from './http-events.ts';
import { guard, setStrictHeaders } from './http-guard.ts';
import { listenHttp } from './http-listen.ts';
import { addMetrics } from './http-metrics.ts';
import { defaultLimits, type ServerOptions } from './http-options.ts';
import { addProbes } from './http-probes.ts';
import { needs } from './http-review.ts';
import { type HttpServer, limited, stopServer } from './http-server.ts';

export type NamespacesOptions = Pick<
  ServerOptions,
  'clock' | 'host' | 'log' | 'openMetrics' | 'port' | 'reviewer' | 'version'
>;

interface Part {
  readonly app: Express;
  readonly controls: Controls;
}

type ReadReleases = () => Promise<Result<readonly Release[]>>;

export class NamespacesServer {
  readonly #options: NamespacesOptions;
  readonly #page: MetricsPage;
  readonly #server: Server;
  /** By namespace; null: nobody answers there yet. */
  readonly #parts = new Map<string, Part | null>();
  readonly #releases = new Map<string, ReadReleases>();
  readonly #lacking = new Set<string>();
  #url = '';

  private constructor(options: NamespacesOptions) {
    this.#options = options;
    this.#page = new MetricsPage(options.version, ['namespace']);
    this.#server = limited(createServer({ connectionsCheckingInterval: 1_000 }, this.#app()), defaultLimits);
  }

  /** Fails as a server does that cannot listen. */
  static async open(options: NamespacesOptions): Promise<Result<NamespacesServer>> {
    const opened = new NamespacesServer(options);
    const { host, log } = options;
    const listening = await listenHttp(opened.#server, { ...options, keys: [] });
    if (!listening.ok) return listening;
    opened.#server.on('error', (error) => log.error({ err: error }, 'the HTTP server could not take a connection'));
    opened.#url = `http://${formatListenAddress({ host, port: listening.value.port })}`;
    return ok(opened);
  }

  get url(): string {
    return this.#url;
  }

  door(namespace: string): Door {
    this.#parts.set(namespace, this.#parts.get(namespace) ?? null);
    return {
      serve: async (served) => this.#serve(namespace, served),
      metrics: (releases) => {
        this.#releases.set(namespace, releases);
        return this.#metrics(namespace);
      },
    };
  }

  /** Nobody looks after it any more. */
  leave(namespace: string): Promise<void> {
    this.#parts.delete(namespace);
    this.#releases.delete(namespace);
    return this.#page.forget({ namespace });
  }

  /** Not ready until what is answered is called, whatever is looked after. */
  lacks(what: string): () => void {
    this.#lacking.add(what);
    return () => void this.#lacking.delete(what);
  }

  stop(graceMs = 2_000): Promise<void> {
    return stopServer(this.#server, { stop: () => undefined }, graceMs);
  }

  #serve(namespace: string, served: Served): Result<HttpServer> {
    const { clock, host, port } = this.#options;
    const events = new HttpEvents(served.controls, { startedAtMs: clock.wallMs(), limits: defaultLimits });
    const part = { app: httpApp({ ...served, host, port }, events), controls: served.controls };
    if (!this.#parts.has(namespace)) {
      events.stop();
      return failed(notOfThis(namespace));
    }
    this.#parts.set(namespace, part);
    const stop = async (): Promise<void> => {
      events.stop();
      if (this.#parts.get(namespace) === part) this.#parts.set(namespace, null);
    };
    return ok({ url: `${this.#url}/namespaces/${namespace}`, port, stop });
  }

  #metrics(namespace: string): Metrics {
    return this.#page.of({ namespace }, () => this.#shown());
  }

  async #shown(): Promise<ShownReleases> {
    const read = await Promise.all(
      [...this.#releases].map(async ([namespace, releases]) => ({ scope: { namespace }, all: await releases() })),
    );
    return {
      releases: read.flatMap(({ all, scope }) => (all.ok ? all.value.map((release) => ({ release, scope })) : [])),
      unread: read.filter(({ all }) => !all.ok).length,
    };
  }

  #app(): Express {
    const { log, openMetrics = false, reviewer } = this.#options;
    const metrics = this.#metrics('');
    const app = express();
    app.disable('x-powered-by').disable('etag').set('query parser', 'simple');
    app.use(setStrictHeaders);
    // Each part counts its own requests.
    app.use('/namespaces/:namespace', this.#toPart());
    app.use(counted(metrics));
    addProbes(app, { alive: () => this.#alive(), ready: () => this.#ready() });
    app.get('/', (_request, response) => void response.type('text/plain').send(whereToLook));
    if (!openMetrics) {
      app.use('/metrics', ...guard({ keys: [], reviewer }));
      app.use('/metrics', needs(reviewer, { kind: 'path', verb: 'get', path: '/metrics' }));
    }
    addMetrics(app, metrics);
    app.use((request, response) => refuse(request, response, elsewhere(request.path)));
    app.use(errorHandler(log));
    return app;
  }

  #toPart(): RequestHandler {
    return (request, response, next) => {
      const { namespace } = request.params as { readonly namespace: string };
      const part = this.#parts.get(namespace);
      if (part === undefined) return refuse(request, response, notOfThis(namespace));
      if (part === null) return refuse(request, response, notYet(namespace));
      // What the page asks for stands below its own address.
      if (request.originalUrl === `/namespaces/${namespace}`)
        return response.redirect(308, `/namespaces/${namespace}/`);
      part.app(request, response, next);
    };
  }

  #alive(): Alive {
    const all = [...this.#parts.values()].flatMap((part) => part?.controls.alive() ?? []);
    return { ok: all.every((each) => each.ok), ageMs: Math.max(0, ...all.map(({ ageMs }) => ageMs)) };
  }

  #ready(): Ready {
    const ofParts = [...this.#parts].flatMap(([namespace, part]) => {
      const told = part?.controls.ready() ?? { ok: false, missing: ['not reached yet'] };
      return told.missing.map((what) => `namespace ${namespace}: ${what}`);
    });
    const missing = [...this.#lacking, ...ofParts];
    return { ok: missing.length === 0, missing };
  }
}

const whereToLook = `This is a Sluice controller of several namespaces: page and API of each are at /namespaces/NAME/.
With a command line: sluice --server http://HOST:PORT/namespaces/NAME list
`;

const problem = (reason: string, message: string): Problem => ({ reason, message, retryable: reason !== 'NotFound' });

const notOfThis = (namespace: string): Problem =>
  problem('NotFound', `this controller looks after no namespace ${namespace}, or after none with a policy in it`);

const notYet = (namespace: string): Problem =>
  problem('Unavailable', `namespace ${namespace} is being taken up: ask again in a moment`);

const elsewhere = (path: string): Problem =>
  problem('NotFound', `there is nothing at ${path}: page and API of a namespace are at /namespaces/NAME/`);
