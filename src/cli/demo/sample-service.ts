/** A small web service to deliver in demos and tests: `node sample-service.ts`, told by HOST, PORT, VERSION, ERROR_RATE, LATENCY_MS ... how to behave. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { isLoopback } from '../../lib/loopback.ts';
import { drawFate, SampleChange, SampleEnvironment, type SampleFaults, type SampleSettings } from './sample-faults.ts';
import { type SampleMetrics, sampleMetrics } from './sample-metrics.ts';
import { type Random, seededRandom } from './seeded-random.ts';

const controlBodyLimit = 4_096;
const keepAliveMs = 65_000;

/**
 *   GET  /healthz    200, or 503 while `unhealthy`
 *   GET  /metrics    Prometheus text; cut off while `metricsDown`
 *   GET  /_control   the faults now; POST (JSON, from this machine only) changes some of them
 *   any other        200 or 500 after the drawn delay
 */
class SampleService {
  readonly #settings: SampleSettings;
  readonly #metrics: SampleMetrics;
  readonly #random: Random;
  readonly #answer: string;
  readonly #error: string;
  #faults: SampleFaults;
  #held = Buffer.alloc(0);

  constructor(settings: SampleSettings) {
    this.#settings = settings;
    this.#metrics = sampleMetrics(settings.version);
    this.#random = seededRandom(settings.seed);
    this.#faults = settings.faults;
    this.#answer = `{"version":${JSON.stringify(settings.version)}}\n`;
    this.#error = `{"error":"injected","version":${JSON.stringify(settings.version)}}\n`;
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    if (request.url === '/_control') this.#control(request, response).catch(() => response.destroy());
    else if (this.#faults.hang) request.resume();
    else if (request.url === '/healthz') reply(response, this.#faults.unhealthy ? 503 : 200, 'ok\n');
    else if (request.url === '/metrics') void this.#exposeMetrics(response);
    else this.#serve(request, response);
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const from = performance.now();
    const { code, delayMs } = drawFate(this.#faults, this.#random);
    const body = code === 200 ? this.#answer : this.#error;
    request.resume();
    setTimeout(() => {
      response.writeHead(code, {
        'content-type': 'application/json',
        'content-length': body.length,
        'x-version': this.#settings.version,
      });
      response.end(body);
      const seconds = (performance.now() - from) / 1_000;
      this.#metrics.answered({ method: request.method ?? 'GET', code, seconds });
    }, delayMs);
  }

  async #exposeMetrics(response: ServerResponse): Promise<void> {
    if (this.#faults.metricsDown) return void response.destroy();
    const text = await this.#metrics.text();
    response.setHeader('content-type', this.#metrics.contentType);
    reply(response, 200, text);
  }

  async #control(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!isFromHere(request)) return reply(response, 403, 'from this machine only\n');
    if (request.method === 'POST') {
      // A web page can post text to loopback without asking; it cannot post JSON.
      if (request.headers['content-type'] !== 'application/json') return reply(response, 415, 'send JSON\n');
      const change = SampleChange.safeParse(await readJson(request));
      if (!change.success) return reply(response, 400, `${z.prettifyError(change.error)}\n`);
      const { exit, ...faults } = change.data;
      if (exit !== undefined) process.exit(exit);
      this.#faults = { ...this.#faults, ...definedOnly(faults) };
      this.#hold(this.#faults.memoryMib);
    }
    reply(response, 200, `${JSON.stringify(this.#faults)}\n`);
  }

  /** Filled, because pages that were never touched take no memory. */
  #hold(mib: number): void {
    const bytes = mib * 1_048_576;
    if (this.#held.length !== bytes) this.#held = Buffer.alloc(bytes, 1);
  }
}

/** Who comes from the very address that was called sits on this machine. */
const isFromHere = ({ socket: { remoteAddress = '', localAddress } }: IncomingMessage): boolean =>
  isLoopback(remoteAddress) || remoteAddress === localAddress;

function reply(response: ServerResponse, code: number, body: string): void {
  response.statusCode = code;
  response.setHeader('content-length', Buffer.byteLength(body));
  response.end(body);
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > controlBodyLimit) return undefined;
  }
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function definedOnly<T extends object>(change: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as never;
}

/** Ends quickly but politely: no new connection, open requests get two seconds. */
function stopOnSignal(server: Server): void {
  process.once('SIGTERM', () => {
    server.close(() => process.exit(0));
    // A connection that was busy at first is idle, and kept alive, after its answer.
    setInterval(() => server.closeIdleConnections(), 20);
    setTimeout(() => process.exit(0), 2_000);
  });
}

const environment = SampleEnvironment.safeParse(process.env);
if (environment.success) {
  const service = new SampleService(environment.data);
  const server = createServer({ keepAliveTimeout: keepAliveMs }, (request, response) =>
    service.handle(request, response),
  );
  const { host, version } = environment.data;
  server.listen(environment.data.port, host, () => {
    const { port } = server.address() as AddressInfo;
    console.log(`sample service ${version} on http://${host}:${port}`);
  });
  stopOnSignal(server);
} else {
  console.error(`sample service: ${z.prettifyError(environment.error)}`);
  process.exitCode = 2;
}
