/**
 * The server's events for as long as the page is open: resumed where they broke off, with the token that an EventSource can't send.
 *
 *     connecting ──200──► open ──(ended, silent, unreachable)──► lost ──back-off──► connecting (Last-Event-ID)
 */
import { backOff } from '../lib/back-off.ts';
import { type Api, type Failure, failureIn, noAnswer } from './api.ts';
import { EventParser, type ServerEvent } from './event-parser.ts';
import { type Connection, silentAfterMs } from './freshness.ts';

export interface Listener {
  event(event: ServerEvent): void;
  /** Whatever is shown has to be read anew: the first time, and after events were missed. */
  readAnew(): void;
  connection(connection: Connection): void;
  /** The server wants a token, or another one. */
  unauthorized(): void;
}

const waits = { firstMs: 500, longestMs: 15_000 };

export class LiveStream {
  readonly #api: Api;
  readonly #listener: Listener;
  #attempt = new AbortController();
  #retry: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #lastId = '';
  #heardAtMs: number | null = null;

  constructor(api: Api, listener: Listener) {
    this.#api = api;
    this.#listener = listener;
  }

  /** At once, whatever it waits for; also with a new token. */
  start(): void {
    this.#attempt.abort();
    clearTimeout(this.#retry);
    this.#attempt = new AbortController();
    void this.#run(this.#attempt);
  }

  async #run(attempt: AbortController): Promise<void> {
    this.#say('connecting', null);
    const failure = await this.#read(attempt);
    if (attempt !== this.#attempt) return;
    this.#say('lost', failure.message);
    if (failure.status === 401) return this.#listener.unauthorized();
    this.#failures += 1;
    this.#retry = setTimeout(() => this.start(), backOff(this.#failures, waits));
  }

  /** Settles with what ended it. */
  async #read(attempt: AbortController): Promise<Failure> {
    const watchdog = new Watchdog(() => attempt.abort());
    try {
      const resumed: Record<string, string> = this.#lastId === '' ? {} : { 'Last-Event-ID': this.#lastId };
      const headers = { ...this.#api.headers, ...resumed };
      const response = await fetch('api/v1/events', { headers, signal: attempt.signal, cache: 'no-store' });
      if (!response.ok || response.body === null) return await failureIn(response);
      this.#opened();
      const parser = new EventParser();
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
        watchdog.alive();
        this.#heard(parser.push(piece.value));
      }
      return { status: 0, reason: 'Ended', message: 'the controller ended the stream' };
    } catch (error) {
      return noAnswer(error);
    } finally {
      watchdog.stop();
    }
  }

  #opened(): void {
    this.#failures = 0;
    // Without an id nothing can be resumed, and what happened in between is not known.
    if (this.#lastId === '') this.#listener.readAnew();
    this.#heard([]);
  }

  #heard(events: readonly ServerEvent[]): void {
    this.#heardAtMs = Date.now();
    for (const event of events) {
      if (event.id !== '') this.#lastId = event.id;
      if (event.name === 'gap') this.#forget();
      else this.#listener.event(event);
    }
    this.#say('open', null);
  }

  /** Another process's numbers mean nothing here. */
  #forget(): void {
    this.#lastId = '';
    this.#listener.readAnew();
  }

  #say(state: Connection['state'], problem: string | null): void {
    this.#listener.connection({ state, heardAtMs: this.#heardAtMs, problem });
  }
}

/** Ends a stream that claims to be open and says nothing. */
class Watchdog {
  readonly #bite: () => void;
  #timer: ReturnType<typeof setTimeout>;

  constructor(bite: () => void) {
    this.#bite = bite;
    this.#timer = setTimeout(bite, silentAfterMs);
  }

  alive(): void {
    this.stop();
    this.#timer = setTimeout(this.#bite, silentAfterMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
