/** The HTTP server of the controller: starts, keeps clients within limits, and stops without leaving anybody hanging. */
import { createServer, type Server } from 'node:http';
import { formatListenAddress } from '../lib/listen-address.ts';
import { ok, type Result } from '../lib/result.ts';
import { httpApp } from './http-app.ts';
import { HttpEvents } from './http-events.ts';
import { listenHttp } from './http-listen.ts';
import { defaultLimits, type ServerLimits, type ServerOptions } from './http-options.ts';

export interface HttpServer {
  /** `http://127.0.0.1:7581` */
  readonly url: string;
  readonly port: number;
  /** Answers what is under way for at most `graceMs`, then ends every connection. */
  stop(graceMs?: number): Promise<void>;
}

export const startHttpServer = async (options: ServerOptions): Promise<Result<HttpServer>> => {
  const limits = { ...defaultLimits, ...options.limits };
  const events = new HttpEvents(options.controls, { startedAtMs: options.clock.wallMs(), limits });
  const server = limited(createServer({ connectionsCheckingInterval: 1_000 }, httpApp(options, events)), limits);
  const listening = await listenHttp(server, options);
  if (!listening.ok) {
    events.stop();
    return listening;
  }
  server.on('error', (error) => options.log.error({ err: error }, 'the HTTP server could not take a connection'));
  const { port } = listening.value;
  const stop = (graceMs = 2_000): Promise<void> => stopServer(server, events, graceMs);
  return ok({ url: `http://${formatListenAddress({ host: options.host, port })}`, port, stop });
};

export const limited = (server: Server, limits: ServerLimits): Server => {
  server.headersTimeout = limits.headersMs;
  server.requestTimeout = limits.requestMs;
  server.maxConnections = limits.maxConnections;
  server.maxHeadersCount = 64;
  server.maxRequestsPerSocket = 1_000;
  server.keepAliveTimeout = 5_000;
  return server;
};

/** Answers what is under way for so long. */
export const stopServer = (server: Server, events: Pick<HttpEvents, 'stop'>, graceMs: number): Promise<void> =>
  new Promise((resolve) => {
    events.stop();
    const impatience = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearTimeout(impatience);
      resolve();
    });
    server.closeIdleConnections();
  });
