/**
 * Looks on at stable once it has everything back, and pages where that did not help; nobody waits for it.
 *
 *   weight 0 ──a look each interval──► stable in breach 2 min later ──► one line that pages
 *                                 └──► nothing by then, 4 min later, or stable is another one now: done
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { problemOf } from '../lib/result.ts';
import { readRequest } from '../metrics/measure.ts';
import { armsOf } from '../reconcile/arms.ts';
import type { Ports } from '../reconcile/ports.ts';
import {
  type AfterTimes,
  afterTimes,
  didNotHelpLine,
  lookAtStableAfter,
  rulesOfStable,
  type StableAfter,
  stableAfter,
} from '../reconcile/stable-after.ts';
import type { LogEntry } from '../release/log.ts';
import type { Release } from '../release/release.ts';

type Around = Pick<Ports, 'clock' | 'labels' | 'own' | 'source' | 'store' | 'tell' | 'workload'>;

/** Another writer came first. */
const saveAttempts = 5;

const readingWithinMs = 15_000;

export class AfterRollback {
  readonly #around: Around;
  readonly #ending = new AbortController();
  readonly #followed = new Set<string>();

  constructor(around: Around) {
    this.#around = around;
  }

  /** Tells, and hears of rollbacks; what an earlier controller looked at is looked at anew. */
  listening(policy: string, tell: Ports['tell']): Ports['tell'] {
    void this.#resume(policy);
    return (happening) => {
      tell(happening);
      if (happening.kind === 'saved') this.saved(happening.release);
    };
  }

  /** Returns at once. */
  saved(release: Release): void {
    const times = afterTimes(release, this.#around.source.intervalMs);
    if (times === null || this.#followed.has(release.id) || this.#ending.signal.aborted) return;
    if (times.untilMs <= this.#around.clock.wallMs() || rulesOfStable(release).length === 0) return;
    this.#followed.add(release.id);
    void this.#follow(release, times)
      .catch((thrown: unknown) => this.#trouble(release, problemOf(thrown).message))
      .finally(() => this.#forget(release));
  }

  close(): void {
    this.#ending.abort();
  }

  async #resume(policy: string): Promise<void> {
    const newest = await this.#around.store.releases({ policy, limit: 1 });
    const [release] = newest.ok ? newest.value : [];
    if (release !== undefined && !(await this.#isSaid(release.id))) this.saved(release);
  }

  /** By an earlier controller, too. */
  async #isSaid(id: string): Promise<boolean> {
    const log = await this.#around.store.log(id, 200);
    return log.ok && log.value.some(({ reason }) => reason === 'RollbackDidNotHelp');
  }

  /** Followed once: a save within the time does not begin it anew. */
  #forget(release: Release): void {
    const times = afterTimes(release, this.#around.source.intervalMs);
    const leftMs = (times?.untilMs ?? 0) - this.#around.clock.wallMs();
    setTimeout(() => this.#followed.delete(release.id), Math.max(0, leftMs) + 1_000).unref();
  }

  async #follow(release: Release, times: AfterTimes): Promise<void> {
    const { clock, source } = this.#around;
    let seen = stableAfter;
    while (!this.#ending.signal.aborted && clock.wallMs() < times.untilMs) {
      const looked = await this.#look(release, seen, times);
      if (looked === 'other') return;
      seen = looked;
      const nowMs = clock.wallMs();
      const line = nowMs < times.dueMs ? null : didNotHelpLine(release, seen, nowMs);
      if (line !== null) return this.#say(release, line);
      await sleep(source.intervalMs, undefined, { signal: this.#ending.signal }).catch(() => undefined);
    }
  }

  /** `other`: stable is not what everything was given back to. */
  async #look(release: Release, before: StableAfter, { fromMs }: AfterTimes): Promise<StableAfter | 'other'> {
    const { clock, labels, own, source, workload } = this.#around;
    const { stableRevision } = release;
    const seen = await workload.observe();
    if (!seen.ok || stableRevision === null) return before;
    const { stable } = seen.value.serving;
    if (stable !== null && stable !== stableRevision) return 'other';
    const arms = armsOf(labels, seen.value, { canary: stableRevision, stable: null, own: own ?? [] });
    const lookbackMs = Math.max(10_000, 4 * source.intervalMs);
    const answer = await Promise.race([
      source.read(readRequest(rulesOfStable(release), arms, lookbackMs)),
      sleep(Math.max(readingWithinMs, 2 * source.intervalMs), null, { ref: false }),
    ]);
    return answer === null
      ? before
      : lookAtStableAfter(release, before, { answer, arms, nowMs: clock.wallMs(), fromMs });
  }

  async #say({ id }: Release, line: LogEntry): Promise<void> {
    const { store, tell } = this.#around;
    for (let attempt = 1; attempt <= saveAttempts; attempt += 1) {
      const read = await store.release(id);
      if ((read.ok && read.value === null) || (await this.#isSaid(id))) return;
      const saved = read.ok && read.value !== null ? await store.save(read.value, [line]) : read;
      if (saved.ok && saved.value !== null)
        return tell({ kind: 'saved', release: saved.value, log: [line], look: null });
      await sleep(100 * attempt, undefined, { signal: this.#ending.signal }).catch(() => undefined);
    }
    this.#trouble({ id, policy: '' }, `not recorded: ${line.message}`);
  }

  #trouble({ id, policy }: Pick<Release, 'id' | 'policy'>, message: string): void {
    this.#around.tell({ kind: 'troubled', release: id, policy, reason: 'AfterRollback', message });
  }
}
