/** Who of several controllers acts: an election by a Lease, on a clock that can't be set, in which only changes of the record count. */
import type { Clock } from '../lib/clock.ts';
import { pause } from '../lib/pause.ts';
import type { Result } from '../lib/result.ts';
import type { KubeClient } from './client.ts';
import {
  type Claim,
  type LeaseRecord,
  leaseRecord,
  newLease,
  releasedLease,
  renewedLease,
  takenLease,
} from './lease-record.ts';
import type { KubeObject } from './object.ts';
import type { KubeProblem } from './problem.ts';

export interface LeaseTiming {
  /** A holder is left alone for so long after its last renewal. */
  readonly durationMs: number;
  /** A holder that could not renew for so long acts no more. */
  readonly deadlineMs: number;
  readonly renewEveryMs: number;
  /** Between two looks of one that waits, and two tries of a renewal that failed. */
  readonly retryMs: number;
}

const leaseTiming: LeaseTiming = { durationMs: 12_000, deadlineMs: 8_000, renewEveryMs: 4_000, retryMs: 1_000 };

export interface LeaseOptions {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly name: string;
  /** Unlike that of every other one, also of an earlier process of the same pod. */
  readonly identity: string;
  readonly clock: Clock;
  readonly timing?: LeaseTiming;
  readonly events: LeaseEvents;
}

export interface LeaseEvents {
  /** `epoch`: higher than that of everybody who held it before, also when the Lease was deleted in between. */
  elected(epoch: number): void;
  /** From now on nothing may be written. */
  lost(why: string): void;
  /** Something failed that is tried again. */
  troubled(problem: KubeProblem): void;
}

interface Office {
  readonly epoch: number;
  readonly record: LeaseRecord;
  /** Monotonic: when the last renewal that succeeded was sent. */
  readonly renewedAtMs: number;
}

/**
 *   waiting ──(free, or unchanged for its duration: PUT on the version read)──► holding ──(renewed every 4 s)──┐
 *      ▲                                                                          │  ▲─────────────────────────┘
 *      └──── lost: taken, deleted, or not renewed for 8 s ◄───────────────────────┘
 */
export class LeaseElector {
  readonly #options: LeaseOptions;
  readonly #timing: LeaseTiming;
  #office: Office | null = null;
  /** What a waiting one saw last, and since when it has been so. */
  #seen: { readonly version: string; readonly sinceMs: number } | null = null;

  constructor(options: LeaseOptions) {
    this.#options = options;
    this.#timing = options.timing ?? leaseTiming;
  }

  /** Whether it may write at this moment: a process that was stopped finds its office over before it writes. */
  holds(): boolean {
    return this.#office !== null && this.#now() - this.#office.renewedAtMs < this.#timing.deadlineMs;
  }

  /** Campaigns and holds until the signal comes, then gives the office back. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const waitMs = this.#office === null ? await this.#seek() : await this.#renew(this.#office);
      await pause(waitMs, signal);
    }
    await this.#release();
  }

  async #seek(): Promise<number> {
    const { client, name } = this.#options;
    const read = await client.get(this.#path, { urgency: 'first' });
    const sentAtMs = this.#now();
    if (read.ok) {
      const record = leaseRecord(read.value);
      if (!this.#isFree(record)) return this.#timing.retryMs;
      return this.#elected(
        await client.replace(this.#path, takenLease(record, this.#claim()), { urgency: 'first' }),
        sentAtMs,
      );
    }
    if (read.error.reason !== 'NotFound') return this.#troubled(read.error);
    this.#seen = null;
    return this.#elected(await client.create(this.#folder, newLease(name, this.#claim())), sentAtMs);
  }

  /** Unchanged for as long as its holder asked for, by our own clock: what it says of times is not looked at. */
  #isFree({ holder, object, durationMs }: LeaseRecord): boolean {
    // Our own name in it: a write of ours that nobody answered.
    if (holder === '' || holder === this.#options.identity) return true;
    const version = object.metadata.resourceVersion;
    if (this.#seen?.version !== version) this.#seen = { version, sinceMs: this.#now() };
    return this.#now() - this.#seen.sinceMs >= Math.max(durationMs, this.#timing.durationMs);
  }

  #elected(written: Result<KubeObject, KubeProblem>, sentAtMs: number): number {
    if (!written.ok) return this.#outrun(written.error);
    const record = leaseRecord(written.value);
    const epoch = Number(record.object.metadata.resourceVersion);
    this.#office = { epoch, record, renewedAtMs: sentAtMs };
    this.#seen = null;
    this.#options.events.elected(epoch);
    return this.#timing.renewEveryMs;
  }

  async #renew(office: Office): Promise<number> {
    if (!this.holds()) return this.#lose(`not renewed for ${this.#timing.deadlineMs} ms`);
    const { client } = this.#options;
    const sentAtMs = this.#now();
    const written = await client.replace(this.#path, renewedLease(office.record, this.#claim()), { urgency: 'first' });
    if (!this.holds()) return this.#lose(`not renewed for ${this.#timing.deadlineMs} ms`);
    if (written.ok) {
      this.#office = { ...office, record: leaseRecord(written.value), renewedAtMs: sentAtMs };
      return this.#timing.renewEveryMs;
    }
    if (written.error.reason === 'NotFound') return this.#lose('its Lease was deleted');
    if (written.error.reason === 'Conflict' || written.error.reason === 'Unknown')
      return this.#reread(office, written.error);
    return this.#troubled(written.error);
  }

  /** Somebody wrote the record, perhaps we ourselves in a write whose answer was lost. */
  async #reread(office: Office, cause: KubeProblem): Promise<number> {
    const read = await this.#options.client.get(this.#path, { urgency: 'first' });
    if (!read.ok) return this.#troubled(read.error.reason === 'NotFound' ? cause : read.error);
    const record = leaseRecord(read.value);
    const isSameLease = record.object.metadata.uid === office.record.object.metadata.uid;
    if (record.holder !== this.#options.identity || !isSameLease)
      return this.#lose(`it is ${record.holder || 'nobody'}'s now`);
    this.#office = { ...office, record };
    // Not a renewal yet: only one that was answered counts.
    return this.#troubled(cause, 0);
  }

  #lose(why: string): number {
    this.#office = null;
    this.#seen = null;
    this.#options.events.lost(why);
    return this.#timing.retryMs;
  }

  #outrun(error: KubeProblem): number {
    const isRace = error.reason === 'Conflict' || error.reason === 'AlreadyExists';
    return isRace ? this.#timing.retryMs : this.#troubled(error);
  }

  #troubled(problem: KubeProblem, waitMs = this.#timing.retryMs): number {
    this.#options.events.troubled(problem);
    return waitMs;
  }

  async #release(): Promise<void> {
    const office = this.#office;
    if (office === null) return;
    this.#lose('it was given back');
    const { client, clock } = this.#options;
    await client.replace(this.#path, releasedLease(office.record, clock.wallMs()), { urgency: 'first' });
  }

  #claim(): Claim {
    const { identity, clock } = this.#options;
    return { holder: identity, durationMs: this.#timing.durationMs, wallMs: clock.wallMs() };
  }

  #now(): number {
    return this.#options.clock.monotonicMs();
  }

  get #folder(): string {
    return `/apis/coordination.k8s.io/v1/namespaces/${this.#options.namespace}/leases`;
  }

  get #path(): string {
    return `${this.#folder}/${this.#options.name}`;
  }
}
