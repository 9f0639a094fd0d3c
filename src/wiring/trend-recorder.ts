/**
 * Goes on reading the rules of what was promoted once its watch is over, for people; nothing is decided by it, and nobody waits for it.
 *
 *   succeeded ──a look now and then, kept with the release──► its time is over, a newer release, another stable ──► one line that says so
 *                      └── a restart: the next controller goes on, and what it counts begins anew
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { pause } from '../lib/pause.ts';
import { problemOf } from '../lib/result.ts';
import { type CounterMemory, emptyMemory } from '../metrics/counter-memory.ts';
import { readRequest } from '../metrics/measure.ts';
import type { Answer, ReadRequest } from '../metrics/metric-source.ts';
import { armsOf } from '../reconcile/arms.ts';
import type { Ports } from '../reconcile/ports.ts';
import { lookAtTrend, type TrendTimes, trendEndLine, trendTimes } from '../reconcile/trend-after.ts';
import type { LogEntry } from '../release/log.ts';
import type { Release } from '../release/release.ts';

type Around = Pick<Ports, 'clock' | 'labels' | 'own' | 'source' | 'store' | 'tell' | 'workload'>;

interface Followed {
  readonly release: Release;
  /** Aborted with the reason, or with null: the controller stops. */
  readonly over: AbortController;
}

/** Another writer came first. */
const saveAttempts = 5;

const readingWithinMs = 15_000;

/** More lines than are kept of any release. */
const wholeLog = 100_000;

/** Of one policy. */
export class TrendRecorder {
  readonly #around: Around;
  #followed: Followed | null = null;
  #isClosed = false;

  constructor(around: Around) {
    this.#around = around;
  }

  /** Tells, and hears of releases that succeed and of newer ones; what an earlier controller recorded goes on. */
  listening(policy: string, tell: Ports['tell']): Ports['tell'] {
    void this.#resume(policy);
    return (happening) => {
      tell(happening);
      if (happening.kind === 'saved') this.saved(happening.release);
    };
  }

  /** Returns at once. */
  saved(release: Release): void {
    const followed = this.#followed;
    if (followed !== null && isNewer(release, followed.release)) followed.over.abort(beginOf(release));
    const { phase, plan } = release;
    if (this.#isClosed || phase.phase !== 'succeeded' || followed?.release.id === release.id) return;
    if (followed !== null && !isNewer(release, followed.release)) return;
    if (phase.endedAtMs + (plan.trendMs ?? 0) <= this.#around.clock.wallMs()) return;
    const over = new AbortController();
    this.#followed = { release, over };
    void this.#follow(release, over.signal)
      .catch((thrown: unknown) => this.#trouble(release, problemOf(thrown).message))
      .finally(() => {
        if (this.#followed?.over === over) this.#followed = null;
      });
  }

  close(): void {
    this.#isClosed = true;
    this.#followed?.over.abort(null);
  }

  /** The newest may have begun while nobody looked at the one before. */
  async #resume(policy: string): Promise<void> {
    const newest = await this.#around.store.releases({ policy, limit: 2 });
    for (const release of newest.ok ? newest.value.toReversed() : []) this.saved(release);
  }

  async #follow(release: Release, over: AbortSignal): Promise<void> {
    const { clock, source, store } = this.#around;
    const [log, journal] = await Promise.all([store.log(release.id, wholeLog), store.journal(release.id)]);
    if (!log.ok) return this.#trouble(release, log.error.message);
    const times = trendTimes(release, log.value);
    if (times === null) return;
    const isLate = clock.wallMs() > times.untilMs + times.everyMs;
    let start: 'controller' | null = journal.ok && journal.value.trend.length > 0 ? 'controller' : null;
    let memory: CounterMemory = emptyMemory;
    let why = isLate ? 'no controller looked at it until its time was over' : await this.#newer(release);
    while (why === null && !over.aborted) {
      const looked = await this.#look(release, memory, start);
      if (looked.kind === 'other') why = looked.why;
      else [memory, start] = [looked.memory, null];
      const leftMs = times.untilMs - clock.wallMs();
      if (leftMs <= 0) break;
      if (why === null) await pause(Math.min(leftMs, Math.max(times.everyMs, source.intervalMs)), over);
    }
    if (over.aborted && over.reason === null) return;
    await this.#say(release, times, over.aborted ? String(over.reason) : why);
  }

  async #newer({ id, policy }: Release): Promise<string | null> {
    const newest = await this.#around.store.releases({ policy, limit: 1 });
    const [first] = newest.ok ? newest.value : [];
    return first === undefined || first.id === id ? null : beginOf(first);
  }

  /** `other`: stable is not what was promoted any more. */
  async #look(
    release: Release,
    memory: CounterMemory,
    start: 'controller' | null,
  ): Promise<
    { readonly kind: 'read'; readonly memory: CounterMemory } | { readonly kind: 'other'; readonly why: string }
  > {
    const { clock, labels, own = [], source, store, workload } = this.#around;
    const seen = await workload.observe();
    const stable = seen.ok ? seen.value.serving.stable : null;
    if (stable !== null && stable !== release.revision) return { kind: 'other', why: `${stable} is stable now` };
    if (!seen.ok || stable === null) return { kind: 'read', memory };
    const arms = armsOf(labels, seen.value, { canary: release.revision, stable: null, own });
    const request = readRequest(release.rules.rules, arms, Math.max(10_000, 4 * source.intervalMs));
    const answer = await this.#read(request);
    const looked = lookAtTrend(release, memory, { answer, arms, nowMs: clock.wallMs(), start });
    const kept = await store.note(release.id, looked.span);
    if (!kept.ok) this.#trouble(release, `a look at its trends is not kept: ${kept.error.message}`);
    return { kind: 'read', memory: looked.memory };
  }

  async #read(request: ReadRequest): Promise<Answer> {
    const { clock, source } = this.#around;
    const withinMs = Math.max(readingWithinMs, 2 * source.intervalMs);
    const answer = await Promise.race([source.read(request), sleep(withinMs, null, { ref: false })]);
    const message = `${source.name} did not answer within ${withinMs / 1_000} s`;
    return answer ?? { kind: 'failed', source: source.name, receivedAtMs: clock.wallMs(), reason: 'Timeout', message };
  }

  async #say(release: Release, times: TrendTimes, why: string | null): Promise<void> {
    const { clock, store, tell } = this.#around;
    const line: LogEntry = trendEndLine(release, times, { nowMs: clock.wallMs(), why });
    for (let attempt = 1; attempt <= saveAttempts && !this.#isClosed; attempt += 1) {
      const read = await store.release(release.id);
      if (read.ok && read.value === null) return;
      const saved = read.ok && read.value !== null ? await store.save(read.value, [line]) : read;
      if (saved.ok && saved.value !== null)
        return tell({ kind: 'saved', release: saved.value, log: [line], look: null });
      await sleep(100 * attempt, undefined, { ref: false });
    }
    this.#trouble(release, `not recorded: ${line.message}`);
  }

  #trouble({ id, policy }: Release, message: string): void {
    this.#around.tell({ kind: 'troubled', release: id, policy, reason: 'TrendRecorder', message });
  }
}

const isNewer = (release: Release, than: Release): boolean =>
  release.id !== than.id && release.startedAtMs > than.startedAtMs;

const beginOf = ({ id, revision }: Release): string => `release ${id} of ${revision} began`;
