/**
 * What one controller takes for the API server: everything passes to the real one, is noted, and befalls what the plan says.
 *
 *   controller ──http──► proxy ──(ledger: what befalls it?)──► API server
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Agent, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { WriteFault } from './fault.ts';
import type { Ledger, Write } from './ledger.ts';
import { relayWatch } from './watch-relay.ts';

export interface Upstream {
  readonly server: string;
  /** PEM. */
  readonly ca: string;
}

export interface ProxyOptions {
  readonly upstream: Upstream;
  readonly ledger: Ledger;
  /** Ends the controller as a crash does, at once. */
  kill(): void;
  /** When another controller leads. */
  successor(): Promise<unknown>;
}

interface Answer {
  readonly code: number;
  readonly type: string;
  readonly body: string;
}

/** Longer than a controller waits for a write: it gives it up before. */
const heldMs = 8_000;

/** After the controller gave it up. */
const lateMs = 300;

export class ApiProxy {
  readonly #options: ProxyOptions;
  readonly #agent: Agent;
  readonly #server: Server;
  #isCut = false;

  constructor(options: ProxyOptions) {
    this.#options = options;
    this.#agent = new Agent({ keepAlive: true, ca: options.upstream.ca });
    this.#server = createServer((asked, answer) => {
      this.#handle(asked, answer).catch(() => answer.destroy());
    });
    this.#server.keepAliveTimeout = 120_000;
  }

  /** Where the controller finds it. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What reached it by now is carried out; the controller hears and says nothing any more. */
  cut(): void {
    this.#isCut = true;
    this.#server.closeAllConnections();
  }

  async close(): Promise<void> {
    this.cut();
    this.#agent.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #handle(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const body = await text(asked);
    if (this.#isCut) return void answer.destroy();
    const url = new URL(asked.url ?? '/', 'http://proxy');
    this.#options.ledger.heard(asked.method ?? 'GET', url);
    if (url.searchParams.get('watch') === 'true') return this.#watch(asked, answer, url.pathname);
    const write = this.#options.ledger.asked(asked.method ?? 'GET', url, body);
    const forward = (): Promise<Answer> => this.#forward(asked, body, write);
    const fault = this.#options.ledger.writeFault(write);
    if (fault === null) return tell(answer, await forward());
    return this.#befall(fault, { answer, forward });
  }

  async #befall(
    fault: WriteFault,
    { answer, forward }: { readonly answer: ServerResponse; readonly forward: () => Promise<Answer> },
  ): Promise<void> {
    switch (fault) {
      case 'kill-after':
        await forward();
        this.#options.kill();
        return void answer.destroy();
      case 'kill-in-flight':
        this.#options.kill();
        answer.destroy();
        await this.#options.successor();
        return void (await forward());
      case 'lose':
        await forward();
        return void answer.destroy();
      case 'delay':
        await Promise.race([new Promise((resolve) => answer.once('close', resolve)), delay(heldMs)]);
        await delay(lateMs);
        await forward();
        return void answer.destroy();
      case 'conflict':
        return tell(answer, refusal(409, 'Conflict'));
      case 'throttle':
        answer.setHeader('retry-after', '1');
        return tell(answer, refusal(429, 'TooManyRequests'));
      case 'error':
        return tell(answer, refusal(500, 'InternalError'));
    }
  }

  async #forward(asked: IncomingMessage, body: string, write: Write): Promise<Answer> {
    const answered = await this.#send(asked, body);
    write.answer = await text(answered);
    write.code = answered.statusCode ?? 0;
    write.doneAtMs = performance.now();
    return { code: write.code, type: answered.headers['content-type'] ?? '', body: write.answer };
  }

  #send({ method, url, headers }: IncomingMessage, body: string): Promise<IncomingMessage> {
    const { server } = this.#options.upstream;
    const passed = Object.entries(headers).filter(([name]) => !['host', 'connection', 'content-length'].includes(name));
    const length = body === '' ? {} : { 'content-length': Buffer.byteLength(body) };
    const given = { ...Object.fromEntries(passed), ...length };
    return new Promise((resolve, reject) => {
      const call = request(new URL(`${server}${url ?? '/'}`), { method, headers: given, agent: this.#agent }, resolve);
      call.once('error', reject);
      call.end(body);
    });
  }

  async #watch(asked: IncomingMessage, answer: ServerResponse, path: string): Promise<void> {
    const upstream = await this.#send(asked, '');
    answer.once('close', () => upstream.destroy());
    if (upstream.statusCode !== 200)
      return tell(answer, { code: upstream.statusCode ?? 0, type: 'application/json', body: await text(upstream) });
    const kind = path.split('/').at(-1) ?? '';
    await relayWatch(upstream, answer, () => this.#options.ledger.watchFault(kind));
  }
}

function tell(answer: ServerResponse, { code, type, body }: Answer): void {
  answer.writeHead(code, { 'content-type': type }).end(body);
}

function refusal(code: number, reason: string): Answer {
  const status = { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message: 'injected' };
  return { code, type: 'application/json', body: JSON.stringify(status) };
}
