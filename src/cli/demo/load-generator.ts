/** Sends requests at a constant rate whatever the answers do, over kept-alive connections, and counts what came back. */
import { setTimeout as delay } from 'node:timers/promises';
import { type Dispatcher, Pool } from 'undici';
import { type ArrivalKind, Arrivals } from './arrivals.ts';
import { type Answer, isSuccess, type LoadReport, LoadTally } from './load-tally.ts';
import { seededRandom } from './seeded-random.ts';

export interface LoadOptions {
  /** A loopback URL (see loopbackUrl). */
  readonly url: URL;
  readonly ratePerSecond: number;
  readonly arrivals: ArrivalKind;
  readonly seed: number | null;
  /** Most connections at a time; a request that finds none free counts as broken at once, as nobody queues in a browser. */
  readonly connections: number;
  /** Milliseconds without progress after which a request counts as broken. */
  readonly timeoutMs: number;
}

/** Finer than this costs more than it tells: requests that fall due within it leave together. */
const tickMs = 2;

/** What is not answered by then is broken off at the end. */
const lastAnswersMs = 2_000;

/**
 *    every 2 ms: due arrivals ──► pool of connections ──► answers ──► tally of the second ─┐ every second
 *                (never waits for answers)                       └──► tally of all of it ──┴──► report
 */
export class LoadGenerator {
  readonly #options: LoadOptions;
  readonly #pool: Pool;
  readonly #arrivals: Arrivals;
  readonly #startMs = performance.now();
  #total = new LoadTally();
  #second = new LoadTally();
  #rate: number;
  #inFlight = 0;
  #lastSuccessMs = this.#startMs;
  #longestInterruptionMs = 0;
  #timer: NodeJS.Timeout;

  constructor(options: LoadOptions) {
    this.#options = options;
    this.#rate = options.ratePerSecond;
    this.#pool = new Pool(options.url.origin, {
      connections: options.connections,
      pipelining: 1,
      connectTimeout: options.timeoutMs,
      headersTimeout: options.timeoutMs,
      bodyTimeout: options.timeoutMs,
    });
    this.#arrivals = new Arrivals({
      kind: options.arrivals,
      ratePerSecond: options.ratePerSecond,
      startMs: this.#startMs,
      random: seededRandom(options.seed),
    });
    this.#arrivals.setRate(options.ratePerSecond, this.#startMs);
    this.#timer = setInterval(() => this.#tick(), tickMs);
  }

  setRate(ratePerSecond: number): void {
    // Time without requests is nobody's interruption.
    if (this.#rate === 0) this.#lastSuccessMs = performance.now();
    this.#rate = ratePerSecond;
    this.#arrivals.setRate(ratePerSecond, performance.now());
  }

  /** Forgets what was counted so far, interruptions and the answers that are still due included. */
  countAnew(): void {
    this.#total = new LoadTally();
    this.#longestInterruptionMs = 0;
    this.#lastSuccessMs = performance.now();
  }

  /** The state now; starts the next second's count. */
  report(): LoadReport {
    const now = performance.now();
    this.#noteGap(now);
    const lastSecond = this.#second.counts();
    this.#second = new LoadTally();
    return {
      rate: this.#rate,
      elapsedMs: Math.round(now - this.#startMs),
      inFlight: this.#inFlight,
      lastSecond,
      total: this.#total.counts(),
      longestInterruptionMs: Math.round(this.#longestInterruptionMs),
    };
  }

  /** Sends no more, waits a little for open answers, and breaks off the rest. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.race([this.#pool.close(), delay(lastAnswersMs, undefined, { ref: false })]);
    await this.#pool.destroy();
  }

  #tick(): void {
    for (const plannedMs of this.#arrivals.due(performance.now())) this.#send(plannedMs);
  }

  #send(plannedMs: number): void {
    this.#inFlight += 1;
    this.#second.sent();
    const total = this.#total;
    total.sent();
    if (this.#inFlight > this.#options.connections) return this.#broke(null, total);
    const { pathname, search } = this.#options.url;
    this.#pool.dispatch({ method: 'GET', path: pathname + search }, this.#handler(plannedMs, total));
  }

  /** `total`: where it was counted as sent, and where its answer counts. */
  #handler(plannedMs: number, total: LoadTally): Dispatcher.DispatchHandler {
    let status = 0;
    let version: string | null = null;
    return {
      onRequestStart: () => {},
      onResponseStart: (_controller, code, headers) => {
        status = code;
        const named = headers['x-version'];
        version = typeof named === 'string' ? named : null;
      },
      onResponseData: () => {},
      onResponseEnd: () => this.#answered({ status, version, latencyMs: performance.now() - plannedMs }, total),
      onResponseError: () => this.#broke(version, total),
    };
  }

  #answered(answer: Answer, total: LoadTally): void {
    const now = performance.now();
    this.#inFlight -= 1;
    this.#second.answered(answer);
    total.answered(answer);
    if (!isSuccess(answer.status)) return;
    this.#noteGap(now);
    this.#lastSuccessMs = now;
  }

  #broke(version: string | null, total: LoadTally): void {
    this.#inFlight -= 1;
    this.#second.broke(version);
    total.broke(version);
  }

  #noteGap(now: number): void {
    if (this.#rate === 0) return;
    this.#longestInterruptionMs = Math.max(this.#longestInterruptionMs, now - this.#lastSuccessMs);
  }
}
