/**
 * Notifier of one target: a bounded queue, sent one after the other, and tried again while it is worth it.
 *
 *     notify ──► queue (bounded) ──► sender ──► sent
 *                  ▲                   │ later: after a pause with jitter, or as the service asks, until its time is over
 *                  └───────────────────┘ refused, or too late: failed
 */
import { backOff } from '../lib/back-off.ts';
import { pause } from '../lib/pause.ts';
import type { NotifyTarget } from '../release/notify-target.ts';
import { concerns } from './concerns.ts';
import type { Notice } from './message.ts';
import type { Notifier } from './notifier.ts';
import type { Sender, Sent } from './sender.ts';
import { shortMemory, type TargetMemory, type Tried } from './target-memory.ts';
import { worded } from './wording.ts';

export type Outcome = 'sent' | 'failed' | 'dropped';

/** What became of a notice. */
export interface Delivered {
  readonly target: string;
  readonly notice: Notice;
  readonly outcome: Outcome;
  /** Empty: there is nothing to say. */
  readonly why: string;
  readonly attempts: number;
}

export interface TargetOptions {
  readonly target: Pick<NotifyTarget, 'hears' | 'name' | 'template'>;
  /** A contact's own: it hears a page only when that contact is called. */
  readonly isSomebodys: boolean;
  readonly sender: Sender;
  /** What it was sent already, by an earlier controller too. Left out: nothing, and nothing is kept. */
  readonly memory?: TargetMemory;
  /** Never jumping. */
  readonly nowMs: () => number;
  readonly onDelivered: (delivered: Delivered) => void;
  /** Notices that may wait; the oldest that only tells goes first. Default 100. */
  readonly capacity?: number;
  /** How long it is tried to send; default an hour for a page, ten minutes for news. */
  readonly worthMs?: Readonly<Record<'page' | 'news', number>>;
  /** First pause before another try, doubled each time up to a minute; default 1 s. */
  readonly backOffMs?: number;
}

interface Waiting {
  readonly notice: Notice;
  readonly sinceMs: number;
}

const defaults = { capacity: 100, backOffMs: 1_000, worthMs: { page: 3_600_000, news: 600_000 } };

const longestBackOffMs = 60_000;
/** A service that asks for more patience than this is asked again nevertheless. */
const longestWaitMs = 600_000;

export class TargetNotifier implements Notifier {
  readonly #options: Required<TargetOptions>;
  readonly #hurry = new AbortController();
  #queue: readonly Waiting[] = [];
  #working: Promise<void> | null = null;
  /** Id of what is being sent. */
  #sending = '';

  constructor(options: TargetOptions) {
    this.#options = { ...defaults, memory: shortMemory(), ...options };
  }

  get name(): string {
    return this.#options.target.name;
  }

  notify(notice: Notice): void {
    const { capacity, isSomebodys, nowMs, target } = this.#options;
    if (!concerns({ ...target, isSomebodys }, notice) || this.#isKnown(notice)) return;
    this.#queue = [...this.#queue, { notice: worded(notice, target.template), sinceMs: nowMs() }];
    if (this.#queue.length > capacity) this.#drop();
    this.#working ??= this.#work();
  }

  #isKnown({ id, urgency }: Notice): boolean {
    if (urgency !== 'page') return false;
    return (
      this.#sending === id || this.#options.memory.hasTaken(id) || this.#queue.some(({ notice }) => notice.id === id)
    );
  }

  async stop(graceMs: number): Promise<void> {
    if (this.#working === null) return;
    const impatience = setTimeout(() => this.#hurry.abort(), graceMs);
    await this.#working;
    clearTimeout(impatience);
  }

  /** Never rejects: the outcome of each notice is told. */
  async #work(): Promise<void> {
    for (let next = this.#queue[0]; next !== undefined && !this.#hurry.signal.aborted; next = this.#queue[0]) {
      this.#queue = this.#queue.slice(1);
      this.#sending = next.notice.id;
      await this.#deliver(next);
      this.#sending = '';
    }
    for (const { notice } of this.#queue) this.#dropped(notice, 'the program stops');
    this.#queue = [];
    this.#working = null;
  }

  async #deliver({ notice, sinceMs }: Waiting): Promise<void> {
    const { memory, nowMs, worthMs } = this.#options;
    const untilMs = sinceMs + (notice.urgency === 'tell' ? worthMs.news : worthMs.page);
    let done = 0;
    for (let attempt = 1; ; attempt += 1) {
      const sent = await this.#send(notice, done);
      done = sent.done;
      const tried = { handles: sent.kept, attempts: attempt, why: 'why' in sent ? sent.why : '' };
      // Its service has no message for it, or a later notice says it: nothing went out, and nothing is said to have.
      if (sent.outcome === 'sent' && done === 0 && attempt === 1) return;
      if (sent.outcome === 'sent') return this.#told(notice, { ...tried, outcome: 'sent' });
      if (sent.outcome === 'refused') return this.#told(notice, { ...tried, outcome: 'failed' });
      const waitMs = Math.min(longestWaitMs, Math.max(sent.afterMs ?? 0, this.#backOffMs(attempt)));
      if (this.#hurry.signal.aborted || nowMs() + waitMs > untilMs)
        return this.#told(notice, { ...tried, outcome: 'failed' });
      memory.note(notice, { ...tried, outcome: 'trying' });
      await pause(waitMs, this.#hurry.signal);
    }
  }

  #send(notice: Notice, done: number): Promise<Sent> {
    const { dedupKey } = notice;
    return this.#options.sender.send({
      ...{ notice, done, signal: this.#hurry.signal, kept: this.#options.memory.handles(dedupKey) },
      isLatest: !this.#queue.some((waiting) => waiting.notice.dedupKey === dedupKey),
    });
  }

  /** Between half and all of what is due: targets of one outage do not come back in step. */
  #backOffMs(attempt: number): number {
    const dueMs = backOff(attempt, { firstMs: this.#options.backOffMs, longestMs: longestBackOffMs });
    return dueMs * (0.5 + Math.random() / 2);
  }

  /** Pages stay as long as there is anything else to drop. */
  #drop(): void {
    const least = this.#queue.findIndex(({ notice }) => notice.urgency === 'tell');
    const [dropped] = this.#queue.slice(Math.max(0, least));
    this.#queue = this.#queue.filter((waiting) => waiting !== dropped);
    if (dropped !== undefined) this.#dropped(dropped.notice, 'too many wait');
  }

  #dropped(notice: Notice, why: string): void {
    const handles = this.#options.memory.handles(notice.dedupKey);
    this.#told(notice, { outcome: 'dropped', why, attempts: 0, handles });
  }

  #told(notice: Notice, tried: Tried & { readonly outcome: Outcome }): void {
    const { memory, onDelivered } = this.#options;
    memory.note(notice, tried);
    const { attempts, outcome, why } = tried;
    onDelivered({ target: this.name, notice, outcome, why, attempts });
  }
}
