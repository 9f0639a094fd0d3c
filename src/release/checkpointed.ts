/** A store whose writes cost something: what was decided is written at once, what is only counted and timed every so often. */
import { failed, ok, type Problem, type Result } from '../lib/result.ts';
import { essenceOf } from './essence.ts';
import type { Journalled } from './journal.ts';
import type { JournalSpan } from './journal-span.ts';
import type { LogEntry } from './log.ts';
import { isOver } from './phase.ts';
import type { Release } from './release.ts';
import type { PolicyState, Store, Unreadable } from './store.ts';

export interface CheckpointOptions {
  readonly everyMs: number;
  /** Monotonic. */
  readonly nowMs: () => number;
}

interface Kept {
  /** As it is now; its version grows with every save. */
  readonly release: Release;
  /** Version that the store below has. */
  readonly stored: number;
  readonly essence: string;
  readonly writtenAtMs: number;
}

/**
 *   save ──► decided anything, or written long ago? ──► written ──► kept
 *                └─ no ──────────────────────────────────────────────► kept
 *
 * For the only writer there is. A crash loses what was earned and counted since the last write: the bake is longer by that,
 * and counters are read on from where they stood then.
 */
export class CheckpointedStore implements Store {
  readonly #store: Store;
  readonly #options: CheckpointOptions;
  /** Releases that are under way. */
  readonly #kept = new Map<string, Kept>();
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(store: Store, options: CheckpointOptions) {
    this.#store = store;
    this.#options = options;
  }

  get epoch(): number {
    return this.#store.epoch;
  }

  async release(id: string): Promise<Result<Release | null>> {
    const kept = this.#kept.get(id);
    return kept === undefined ? this.#store.release(id) : ok(kept.release);
  }

  async releases(filter: Parameters<Store['releases']>[0]): Promise<Result<readonly Release[]>> {
    const listed = await this.#store.releases(filter);
    return listed.ok ? ok(listed.value.map((each) => this.#kept.get(each.id)?.release ?? each)) : listed;
  }

  /** One save of a release after the other: the second finds what the first one left. */
  save(release: Release, log: readonly LogEntry[]): Promise<Result<Release>> {
    const { id } = release;
    const before = this.#turns.get(id) ?? Promise.resolve();
    const turn = before.then(() => this.#save(release, log));
    const settled = turn.catch(() => undefined);
    this.#turns.set(id, settled);
    void settled.then(() => {
      if (this.#turns.get(id) === settled) this.#turns.delete(id);
    });
    return turn;
  }

  policy(name: string): Promise<Result<PolicyState | null>> {
    return this.#store.policy(name);
  }

  savePolicy(state: PolicyState): Promise<Result<PolicyState>> {
    return this.#store.savePolicy(state);
  }

  log(release: string, last?: number): Promise<Result<readonly LogEntry[]>> {
    return this.#store.log(release, last);
  }

  note(release: string, span: JournalSpan): Promise<Result<void>> {
    return this.#store.note(release, span);
  }

  journal(release: string): Promise<Result<Journalled>> {
    return this.#store.journal(release);
  }

  unreadable(): Promise<Result<readonly Unreadable[]>> {
    return this.#store.unreadable();
  }

  /** What was kept is written: the next controller goes on where this one stopped. */
  async close(): Promise<void> {
    await Promise.all(this.#turns.values());
    const owed = [...this.#kept.values()].filter(({ release, stored }) => release.version !== stored);
    await Promise.all(owed.map(({ release, stored }) => this.#store.save({ ...release, version: stored }, [])));
    this.#kept.clear();
    await this.#store.close();
  }

  async #save(release: Release, log: readonly LogEntry[]): Promise<Result<Release>> {
    const kept = this.#kept.get(release.id);
    if (kept !== undefined && kept.release.version !== release.version) return failed(outrun(release));
    const essence = essenceOf(release);
    const nowMs = this.#options.nowMs();
    const isDue = kept === undefined || nowMs - kept.writtenAtMs >= this.#options.everyMs;
    if (isDue || log.length > 0 || essence !== kept.essence) return this.#write(release, log, { essence, nowMs });
    const next = { ...release, version: release.version + 1 };
    this.#kept.set(release.id, { ...kept, release: next });
    return ok(next);
  }

  async #write(
    release: Release,
    log: readonly LogEntry[],
    { essence, nowMs }: { readonly essence: string; readonly nowMs: number },
  ): Promise<Result<Release>> {
    const stored = this.#kept.get(release.id)?.stored ?? release.version;
    const written = await this.#store.save({ ...release, version: stored }, log);
    // Nobody knows what is there now: the next look reads it.
    if (!written.ok || isOver(release)) this.#kept.delete(release.id);
    if (!written.ok) return written;
    const saved = { ...written.value, version: release.version + 1 };
    // One that is over is read, and changed, at its own version.
    if (isOver(release)) return written;
    this.#kept.set(release.id, { release: saved, stored: written.value.version, essence, writtenAtMs: nowMs });
    return ok(saved);
  }
}

const outrun = ({ id, version }: Release): Problem => ({
  reason: 'Conflict',
  message: `release ${id} was read at version ${version} and is at another one now: read it again`,
  retryable: true,
});
