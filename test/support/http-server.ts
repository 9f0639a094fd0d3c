/** The real HTTP server of a test, on a free port, ended with the test. */
import { pino } from 'pino';
import { systemClock } from '../../src/lib/clock.ts';
import type { Store } from '../../src/release/store.ts';
import type { ServerOptions } from '../../src/server/http-options.ts';
import { type HttpServer, startHttpServer } from '../../src/server/http-server.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { type AtEnd, atTestEnd } from './at-end.ts';
import { MemoryControls } from './memory-controls.ts';

export interface TestServer extends HttpServer {
  readonly controls: MemoryControls;
}

/** `store`: where its releases are; left out: in memory. */
export const testServer = async (
  { store, ...options }: Partial<ServerOptions> & { readonly store?: Store } = {},
  atEnd: AtEnd = atTestEnd,
): Promise<TestServer> => {
  const controls = new MemoryControls(store);
  const started = await startHttpServer({
    controls,
    metrics: createMetrics({ version: '0.0.0', releases: () => controls.releases({}) }),
    log: pino({ level: 'silent' }),
    clock: systemClock,
    version: '0.0.0',
    host: '127.0.0.1',
    port: 0,
    keys: [],
    ...options,
  });
  if (!started.ok) throw new Error(started.error.message);
  const server = started.value;
  atEnd(() => server.stop(100));
  return { ...server, controls };
};

export interface JsonAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: ReturnType<typeof JSON.parse>;
}

export const getJson = async (url: string, headers: Record<string, string> = {}): Promise<JsonAnswer> => {
  const response = await fetch(url, { headers });
  return { status: response.status, headers: response.headers, body: await response.json() };
};

export const postJson = async (
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<JsonAnswer> => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
};
