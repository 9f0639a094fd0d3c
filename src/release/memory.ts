/** In-memory store for dry runs and tests; a `MemoryDisk` outlives the stores that are opened on it, as a file would. */
import { failed, ok, type Problem, type Result } from '../lib/result.ts';
import { type HistoryBound, toForget } from './history-bound.ts';
import { Journal, type Journalled } from './journal.ts';
import type { JournalSpan } from './journal-span.ts';
import type { LogEntry } from './log.ts';
import { type Look, memoryShelf } from './memory-shelf.ts';
import { isOver } from './phase.ts';
import type { Release } from './release.ts';
import type { PolicyState, Store, Unreadable } from './store.ts';

export class MemoryDisk {
  readonly releases = new Map<string, Release>();
  readonly policies = new Map<string, PolicyState>();
  readonly logs = new Map<string, LogEntry[]>();
  readonly looks = new Map<string, Look[]>();
  epoch = 0;
  inUse = false;
}

export interface MemoryStoreOptions extends HistoryBound {
  readonly disk?: MemoryDisk;
}

/** Fails with `StoreInUse` while another store is open on the disk. */
export function openMemoryStore({
  disk = new MemoryDisk(),
  keep = 200,
  ...age
}: MemoryStoreOptions = {}): Result<Store> {
  if (disk.inUse)
    return failed({ reason: 'StoreInUse', message: 'another store is open on this disk', retryable: true });
  disk.inUse = true;
  disk.epoch += 1;
  return ok(new MemoryStore(disk, { keep, ...age }));
}

class MemoryStore implements Store {
  readonly epoch: number;
  readonly #disk: MemoryDisk;
  readonly #bound: HistoryBound;
  readonly #journal: Journal;
  #closed = false;

  constructor(disk: MemoryDisk, bound: HistoryBound) {
    this.#disk = disk;
    this.#bound = bound;
    this.#journal = new Journal(
      memoryShelf(disk.looks, (id) => {
        const release = disk.releases.get(id);
        return release === undefined || isOver(release);
      }),
    );
    this.epoch = disk.epoch;
  }

  async release(id: string): Promise<Result<Release | null>> {
    return this.#closed ? failed(closed) : ok(this.#disk.releases.get(id) ?? null);
  }

  async releases({
    policy,
    active,
    limit = Infinity,
  }: Parameters<Store['releases']>[0]): Promise<Result<readonly Release[]>> {
    if (this.#closed) return failed(closed);
    const wanted = (each: Release): boolean =>
      (policy === undefined || each.policy === policy) && (active === undefined || !isOver(each));
    return ok([...this.#disk.releases.values()].filter(wanted).toReversed().slice(0, limit));
  }

  async save(release: Release, log: readonly LogEntry[]): Promise<Result<Release>> {
    if (this.#closed) return failed(closed);
    const { releases, logs } = this.#disk;
    const version = releases.get(release.id)?.version ?? 0;
    if (version !== release.version) return failed(conflict(`release ${release.id}`, release.version, version));
    const saved = { ...release, version: version + 1 };
    releases.set(release.id, saved);
    logs.set(release.id, [...(logs.get(release.id) ?? []), ...log]);
    if (isOver(saved)) this.#end(saved);
    return ok(saved);
  }

  async policy(name: string): Promise<Result<PolicyState | null>> {
    return this.#closed ? failed(closed) : ok(this.#disk.policies.get(name) ?? null);
  }

  async savePolicy(state: PolicyState): Promise<Result<PolicyState>> {
    if (this.#closed) return failed(closed);
    const version = this.#disk.policies.get(state.policy)?.version ?? 0;
    if (version !== state.version) return failed(conflict(`policy ${state.policy}`, state.version, version));
    const saved = { ...state, version: version + 1 };
    this.#disk.policies.set(state.policy, saved);
    return ok(saved);
  }

  async log(release: string, last = 1_000): Promise<Result<readonly LogEntry[]>> {
    return this.#closed ? failed(closed) : ok((this.#disk.logs.get(release) ?? []).slice(-last));
  }

  async note(release: string, span: JournalSpan): Promise<Result<void>> {
    if (this.#closed) return failed(closed);
    if (!this.#disk.releases.has(release)) return failed(unheard(release));
    return ok(this.#journal.note(release, span));
  }

  async journal(release: string): Promise<Result<Journalled>> {
    return this.#closed ? failed(closed) : ok(this.#journal.read(release));
  }

  async unreadable(): Promise<Result<readonly Unreadable[]>> {
    return this.#closed ? failed(closed) : ok([]);
  }

  async close(): Promise<void> {
    if (!this.#closed) this.#disk.inUse = false;
    this.#closed = true;
  }

  #end({ id, policy }: Release): void {
    this.#journal.ended(id);
    const ended = [...this.#disk.releases.values()].flatMap((each) =>
      each.policy === policy && 'endedAtMs' in each.phase ? [{ id: each.id, endedAtMs: each.phase.endedAtMs }] : [],
    );
    for (const { id } of toForget(ended.toReversed(), this.#bound)) {
      this.#disk.releases.delete(id);
      this.#disk.logs.delete(id);
      this.#disk.looks.delete(id);
    }
  }
}

const unheard = (release: string): Problem => ({
  reason: 'NotFound',
  message: `there is no release ${release} to keep a look at`,
  retryable: false,
});

const closed: Problem = { reason: 'StoreClosed', message: 'the store is closed', retryable: false };

const conflict = (what: string, read: number, stored: number): Problem => ({
  reason: 'Conflict',
  message: `${what} was read at version ${read} and is at ${stored} now: read it again`,
  retryable: true,
});
