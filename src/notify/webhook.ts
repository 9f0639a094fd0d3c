/** Notifier that posts CloudEvents to an address, one after the other, and tries again while it is worth it. */
import axios, { type AxiosInstance } from 'axios';
import { backOff } from '../lib/back-off.ts';
import { messageOf } from '../lib/message-of.ts';
import { pause } from '../lib/pause.ts';
import { type CloudEvent, cloudEvent } from './cloud-event.ts';
import type { Notice } from './message.ts';
import type { Notifier } from './notifier.ts';

export interface WebhookOptions {
  readonly url: string;
  /** Names this run of the program in the events' ids. */
  readonly run: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whole request; default 10 s. */
  readonly timeoutMs?: number;
  /** Events that may wait; the oldest that only tells goes first. Default 100. */
  readonly capacity?: number;
  /** Tries of one event; default 6, over about half a minute. */
  readonly attempts?: number;
  /** First pause before another try, doubled each time up to a minute; default 1 s. */
  readonly backOffMs?: number;
  /** Told of each outcome. */
  readonly onOutcome?: (outcome: 'sent' | 'failed' | 'dropped', message: string) => void;
}

const defaults = {
  headers: {},
  timeoutMs: 10_000,
  capacity: 100,
  attempts: 6,
  backOffMs: 1_000,
  onOutcome: () => undefined,
};

const longestBackOffMs = 60_000;

/**
 *     notify ──► queue (bounded) ──► post ──2xx──► sent
 *                  ▲                  │ 429, 5xx, no answer: after a pause, up to `attempts`
 *                  └──────────────────┘ else: failed
 */
export class WebhookNotifier implements Notifier {
  readonly name = 'webhook';
  readonly #options: Required<WebhookOptions>;
  readonly #http: AxiosInstance;
  readonly #hurry = new AbortController();
  #queue: readonly CloudEvent[] = [];
  #serial = 0;
  #working: Promise<void> | null = null;

  constructor(options: WebhookOptions) {
    this.#options = { ...defaults, ...options };
    this.#http = axios.create({
      timeout: this.#options.timeoutMs,
      maxRedirects: 0,
      maxContentLength: 65_536,
      proxy: false,
      headers: { ...this.#options.headers, 'Content-Type': 'application/cloudevents+json' },
      validateStatus: () => true,
    });
  }

  notify(notice: Notice): void {
    this.#serial += 1;
    this.#queue = [...this.#queue, cloudEvent(notice, { run: this.#options.run, serial: this.#serial })];
    if (this.#queue.length > this.#options.capacity) this.#drop();
    this.#working ??= this.#work();
  }

  async stop(graceMs: number): Promise<void> {
    if (this.#working === null) return;
    const impatience = setTimeout(() => this.#hurry.abort(), graceMs);
    await this.#working;
    clearTimeout(impatience);
  }

  /** Never rejects: the outcome of each event is told. */
  async #work(): Promise<void> {
    for (let event = this.#queue[0]; event !== undefined && !this.#hurry.signal.aborted; event = this.#queue[0]) {
      this.#queue = this.#queue.slice(1);
      const problem = await this.#deliver(event);
      if (problem === null) this.#options.onOutcome('sent', event.data.title);
      else this.#options.onOutcome('failed', `${event.data.title}: ${problem}`);
    }
    for (const event of this.#queue) this.#options.onOutcome('dropped', `${event.data.title}: the program stops`);
    this.#queue = [];
    this.#working = null;
  }

  /** Null: delivered. */
  async #deliver(event: CloudEvent): Promise<string | null> {
    for (let attempt = 1; ; attempt += 1) {
      const posted = await this.#post(event);
      if (posted.outcome === 'sent') return null;
      const isLast = posted.outcome === 'refused' || attempt >= this.#options.attempts;
      if (isLast || this.#hurry.signal.aborted) return posted.message;
      await pause(
        backOff(attempt, { firstMs: this.#options.backOffMs, longestMs: longestBackOffMs }),
        this.#hurry.signal,
      );
    }
  }

  async #post(event: CloudEvent): Promise<Posted> {
    try {
      const deadline = AbortSignal.any([AbortSignal.timeout(this.#options.timeoutMs), this.#hurry.signal]);
      const { status } = await this.#http.post(this.#options.url, event, { signal: deadline });
      const message = `${this.#options.url} answered ${status}`;
      if (status >= 200 && status < 300) return { outcome: 'sent', message };
      return { outcome: status === 429 || status >= 500 ? 'retry' : 'refused', message };
    } catch (error) {
      const why = messageOf(error);
      return { outcome: 'retry', message: `${this.#options.url} did not take it: ${why}` };
    }
  }

  /** Pages stay as long as there is anything else to drop. */
  #drop(): void {
    const least = this.#queue.findIndex(({ data }) => data.urgency === 'tell');
    const [dropped] = this.#queue.slice(Math.max(0, least));
    this.#queue = this.#queue.filter((event) => event !== dropped);
    if (dropped !== undefined) this.#options.onOutcome('dropped', `${dropped.data.title}: too many wait`);
  }
}

interface Posted {
  readonly outcome: 'sent' | 'retry' | 'refused';
  readonly message: string;
}
