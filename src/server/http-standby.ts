/** What a controller that waits for its turn answers: that it lives, that it is not ready, and who leads. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { formatListenAddress } from '../lib/listen-address.ts';
import { ok, type Result } from '../lib/result.ts';
import { type Listening, listenHttp } from './http-listen.ts';
import type { HttpServer } from './http-server.ts';

/** Who leads, as far as it is known. */
export interface LeadingNow {
  /** For people: `process 4711 on web1`. */
  readonly name: string;
  /** Of its API; null: not known (yet). */
  readonly url: string | null;
}

/** `leading`: asked at each request. Fails as any server does that cannot listen. */
export async function startStandbyServer(
  options: Listening,
  leading: () => LeadingNow,
): Promise<Result<Omit<HttpServer, 'port'>>> {
  const server = createServer((request, response) => answer(request, response, leading()));
  server.headersTimeout = 10_000;
  server.requestTimeout = 20_000;
  server.maxConnections = 64;
  const listening = await listenHttp(server, options);
  if (!listening.ok) return listening;
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return ok({ url: `http://${formatListenAddress({ host: options.host, port: listening.value.port })}`, stop });
}

function answer(request: IncomingMessage, response: ServerResponse, { name, url }: LeadingNow): void {
  const where = url === null ? name : `${name}, at ${url}`;
  const path = request.url?.split('?')[0];
  const say = (status: number, body: object): void => {
    response.writeHead(status, { ...headers, ...(status === 503 ? { 'Retry-After': '1' } : {}) });
    response.end(JSON.stringify(body));
  };
  if (path === '/livez') return say(200, { ok: true, message: `standby: ${where} leads` });
  if (path === '/readyz') return say(503, { ok: false, missing: [`standby: ${where} leads`] });
  const message = `this is the standby, it takes no orders and shows no releases: ask ${where}`;
  return say(503, { reason: 'Standby', message, leader: url });
}

const headers = { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store', Connection: 'close' };
