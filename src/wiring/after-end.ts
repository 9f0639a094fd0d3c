/**
 * Goes on asking about a release that has ended, until all is said or the time for it is over; nobody waits for it.
 *
 *   ended ──look each second──► answers are saved with the release ──all said, or 10 min──► one line that tells so
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { isVerdict, unsaid, verifiedLine } from '../checks/aftermath.ts';
import type { Checks } from '../checks/checks.ts';
import { hearChecks } from '../checks/hear.ts';
import { questionsOf } from '../checks/questions.ts';
import { ok, problemOf, type Result } from '../lib/result.ts';
import type { Ports } from '../reconcile/ports.ts';
import type { Change, LogEntry } from '../release/log.ts';
import { isOver } from '../release/phase.ts';
import type { Release } from '../release/release.ts';

const lookEveryMs = 1_000;
const forMs = 600_000;

type Around = Pick<Ports, 'clock' | 'store' | 'tell' | 'workload'> & { readonly checks: Checks };

export class AfterEnd {
  readonly #around: Around;
  readonly #ending = new AbortController();
  readonly #busy = new Set<string>();

  constructor(around: Around) {
    this.#around = around;
  }

  /** Returns at once. */
  ended(release: Release): void {
    if (!isOver(release) || this.#busy.has(release.id) || this.#ending.signal.aborted) return;
    const hasLine = verifiedLine(release, this.#around.clock.wallMs()) !== null;
    if ((unsaid(release).length === 0 && !hasLine) || this.#leftMs(release) <= 0) return;
    this.#busy.add(release.id);
    void this.#follow(release.id)
      .catch((thrown: unknown) => this.#trouble(release, problemOf(thrown).message))
      .finally(() => this.#busy.delete(release.id));
  }

  /** Tells, and hears of what ends; what an earlier controller had not finished is taken up. */
  listening(policy: string, tell: Ports['tell']): Ports['tell'] {
    void this.resume(policy);
    return (happening) => {
      tell(happening);
      if (happening.kind === 'saved') this.ended(happening.release);
    };
  }

  /** What an earlier controller had not finished. */
  async resume(policy: string): Promise<void> {
    const newest = await this.#around.store.releases({ policy, limit: 1 });
    for (const release of newest.ok ? newest.value : []) this.ended(release);
  }

  close(): void {
    this.#ending.abort();
  }

  async #follow(id: string): Promise<void> {
    const { checks, store } = this.#around;
    while (!this.#ending.signal.aborted) {
      const read = await store.release(id);
      if (read.ok && (read.value === null || !(await this.#isLeft(read.value)))) break;
      await sleep(lookEveryMs, undefined, { signal: this.#ending.signal }).catch(() => undefined);
    }
    checks.latest(id, []);
  }

  /** Another writer came first: read again, and the answers are still known. */
  async #isLeft(release: Release): Promise<boolean> {
    const { store, tell } = this.#around;
    const heard = unsaid(release).length === 0 ? { release, log: [] } : await this.#hear(release);
    const isLate = this.#leftMs(release) <= 0;
    const isDone = unsaid(heard.release).length === 0 || isLate;
    const line = isDone ? await this.#lineFor(heard.release) : ok(null);
    if (!line.ok) return !isLate;
    if (heard.release === release && line.value === null) return !isDone;
    const log = line.value === null ? heard.log : [...heard.log, line.value];
    const saved = await store.save(heard.release, log);
    if (saved.ok) tell({ kind: 'saved', release: saved.value, log, look: null });
    return !saved.ok || !isDone;
  }

  /** What its log does not say yet. */
  async #lineFor(release: Release): Promise<Result<LogEntry | null>> {
    const line = verifiedLine(release, this.#around.clock.wallMs());
    if (line === null) return ok(null);
    const log = await this.#around.store.log(release.id);
    return log.ok ? ok(log.value.some(({ reason }) => isVerdict(reason)) ? null : line) : log;
  }

  async #hear(release: Release): Promise<Change<Release>> {
    const { checks, clock, workload } = this.#around;
    const seen = await workload.observe();
    const nowMs = clock.wallMs();
    const due = questionsOf(release, {
      ...{ nowMs, namespace: checks.namespace, canary: 'notReady' },
      workload: seen.ok ? seen.value : null,
    });
    const answers = checks.latest(
      release.id,
      due.map(({ question }) => question),
    );
    return hearChecks(release, { nowMs, due, answers });
  }

  #leftMs({ phase }: Release): number {
    return 'endedAtMs' in phase ? phase.endedAtMs + forMs - this.#around.clock.wallMs() : 0;
  }

  #trouble({ id, policy }: Release, message: string): void {
    this.#around.tell({ kind: 'troubled', release: id, policy, reason: 'AfterEnd', message });
  }
}
