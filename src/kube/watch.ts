/** What lies at a path of the API, and every change of it, for as long as somebody listens: lists, watches, lists again. */
import { Observable, type Subscriber } from 'rxjs';
import { type BackOff, backOff } from '../lib/back-off.ts';
import { messageOf } from '../lib/message-of.ts';
import { pause } from '../lib/pause.ts';
import type { KubeClient, Query } from './client.ts';
import type { KubeObject } from './object.ts';
import { type KubeProblem, kubeProblem } from './problem.ts';
import { watchEvent } from './watch-event.ts';

export type WatchNews =
  /** All that there is; replaces everything that was told before. */
  | { readonly kind: 'listed'; readonly version: string; readonly objects: readonly KubeObject[] }
  | { readonly kind: 'changed'; readonly object: KubeObject }
  | { readonly kind: 'deleted'; readonly object: KubeObject }
  /** Nothing changed, and the watch is alive. */
  | { readonly kind: 'alive' }
  /** What was told last may be out of date; it is tried again. `failures`: in a row. */
  | { readonly kind: 'troubled'; readonly problem: KubeProblem; readonly failures: number };

export interface WatchOptions {
  readonly client: KubeClient;
  readonly path: string;
  readonly query?: Query;
  /** Everything is listed anew so often: what is right never depends on a watch. */
  readonly relistEveryMs: number;
  /** A watch without a word for so long is dead: bookmarks come about once a minute. */
  readonly silenceMs?: number;
  readonly backOff?: BackOff;
  readonly random?: () => number;
}

/** One loop a subscription; ends with it. Never errors. */
export const watch = (options: WatchOptions): Observable<WatchNews> =>
  new Observable((subscriber) => {
    const ending = new AbortController();
    void new Watching(options, subscriber, ending.signal).run();
    return () => ending.abort();
  });

/** Why a watch ended: its version still counts, or everything must be listed. */
type Ended = { readonly next: 'watch' | 'list'; readonly problem: KubeProblem | null };

/**
 *   list ──► listed ──► watch from its version ──► changed, deleted, alive ...
 *    ▲                    │        ▲
 *    │                    │        └── ended by the server, cut, silent: again from the last version
 *    └── gone, garbage, time to list
 */
class Watching {
  readonly #options: Required<WatchOptions>;
  readonly #to: Subscriber<WatchNews>;
  readonly #signal: AbortSignal;
  #failures = 0;
  #version = '';
  #listAtMs = 0;

  constructor(options: WatchOptions, to: Subscriber<WatchNews>, signal: AbortSignal) {
    const defaults = {
      query: {},
      silenceMs: 90_000,
      backOff: { firstMs: 100, longestMs: 30_000 },
      random: Math.random,
    };
    this.#options = { ...defaults, ...options };
    this.#to = to;
    this.#signal = signal;
  }

  async run(): Promise<void> {
    let next: Ended['next'] = 'list';
    while (!this.#signal.aborted) {
      const ended: Ended = next === 'list' ? await this.#list() : await this.#follow();
      next = performance.now() >= this.#listAtMs ? 'list' : ended.next;
      if (ended.problem !== null) await this.#troubled(ended.problem);
    }
  }

  async #list(): Promise<Ended> {
    const { client, path, query, relistEveryMs } = this.#options;
    const listed = await client.list(path, query);
    if (!listed.ok) return { next: 'list', problem: listed.error };
    this.#version = listed.value.version;
    this.#listAtMs = performance.now() + relistEveryMs;
    this.#tell({ kind: 'listed', version: listed.value.version, objects: listed.value.objects });
    return { next: 'watch', problem: null };
  }

  async #follow(): Promise<Ended> {
    const { client, path, query, silenceMs } = this.#options;
    const untilListMs = Math.max(1_000, this.#listAtMs - performance.now());
    const order = {
      ...query,
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion: this.#version,
      timeoutSeconds: String(Math.ceil(untilListMs / 1_000)),
    };
    const silence = new AbortController();
    const watchdog = setTimeout(() => silence.abort(), silenceMs);
    const lines = await client.stream(path, order, AbortSignal.any([this.#signal, silence.signal]));
    try {
      if (!lines.ok) return { next: lines.error.reason === 'Gone' ? 'list' : 'watch', problem: lines.error };
      for await (const line of lines.value) {
        watchdog.refresh();
        const ended = this.#read(line);
        if (ended !== null) return ended;
      }
      // A connection that was cut ends its lines without an error.
      return { next: 'watch', problem: silence.signal.aborted ? this.#cut('no word for too long') : this.#idle() };
    } catch (error) {
      return { next: 'watch', problem: this.#cut(silence.signal.aborted ? 'no word for too long' : messageOf(error)) };
    } finally {
      clearTimeout(watchdog);
    }
  }

  /** Null: go on reading. */
  #read(line: string): Ended | null {
    const event = watchEvent({ method: 'GET', path: this.#options.path }, line);
    if (event.kind === 'problem')
      return { next: event.problem.reason === 'Throttled' ? 'watch' : 'list', problem: event.problem };
    this.#version = event.version;
    this.#failures = 0;
    this.#tell(event.news);
    return null;
  }

  /** A watch that ends without a word, again and again, is a failure; one that ended once at its time is none. */
  #idle(): KubeProblem | null {
    return this.#failures === 0 && performance.now() >= this.#listAtMs - 1_000 ? null : this.#cut('it ended early');
  }

  #cut(why: string): KubeProblem {
    return kubeProblem('Unreachable', `watch ${this.#options.path}: ${why}`);
  }

  async #troubled(problem: KubeProblem): Promise<void> {
    if (this.#signal.aborted) return;
    this.#failures++;
    this.#tell({ kind: 'troubled', problem, failures: this.#failures });
    // What was forgotten is listed at once, the first time.
    if (problem.reason === 'Gone' && this.#failures === 1) return;
    const waitMs = backOff(this.#failures, this.#options.backOff) * (0.5 + this.#options.random() / 2);
    await pause(Math.max(waitMs, problem.retryAfterMs ?? 0), this.#signal);
  }

  #tell(news: WatchNews): void {
    if (news.kind === 'listed') this.#failures = 0;
    if (!this.#signal.aborted) this.#to.next(news);
  }
}
