/** The durable store: one SQLite file, one process that owns it, one JSON document a release. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { failed, ok, type Problem, type Result } from '../lib/result.ts';
import { type HistoryBound, toForget } from './history-bound.ts';
import { Journal, type Journalled } from './journal.ts';
import type { JournalSpan } from './journal-span.ts';
import type { LogEntry } from './log.ts';
import { isOver } from './phase.ts';
import type { Release } from './release.ts';
import { SqliteConnection } from './sqlite-connection.ts';
import { closeToOthers } from './sqlite-file.ts';
import { sqliteShelf } from './sqlite-journal.ts';
import { sqliteProblem } from './sqlite-problem.ts';
import { takeOver } from './sqlite-schema.ts';
import { readTrail, recordInTrail, verifyTrail } from './sqlite-trail.ts';
import type { PolicyState, Store, Unreadable } from './store.ts';
import { storedPolicy, storedRelease } from './stored.ts';
import type { Recorded, TrailEntry, TrailedStore, TrailFilter } from './trail.ts';
import type { TrailProof } from './trail-proof.ts';

export interface SqliteOptions extends HistoryBound {
  /** Made with its folder when it is not there. */
  readonly path: string;
}

/** Fails with `StoreInUse`, `StoreUnreachable`, `StoreReadOnly`, `StoreCorrupt`, `StateUnreadable`, `DiskFull` or `StoreFailed`. */
export function openSqliteStore({ path, ...bound }: SqliteOptions): Result<TrailedStore> {
  let db: DatabaseSync | null = null;
  try {
    mkdirSync(dirname(path), { recursive: true });
    db = new DatabaseSync(path);
    closeToOthers(path);
    return ok(
      new SqliteStore({ bound: { keep: 200, ...bound }, epoch: takeOver(db), on: new SqliteConnection(db, path) }),
    );
  } catch (thrown) {
    db?.close();
    return failed(sqliteProblem(thrown, path));
  }
}

interface Opened {
  readonly on: SqliteConnection;
  readonly bound: HistoryBound;
  readonly epoch: number;
}

/**
 *   save ──► BEGIN ─ update where version ─ lines ─ forget old ─► COMMIT ──► on disk
 *                        └─ no row: Conflict ──────► ROLLBACK
 */
class SqliteStore implements TrailedStore {
  readonly epoch: number;
  readonly #bound: HistoryBound;
  readonly #on: SqliteConnection;
  readonly #journal: Journal;

  constructor({ bound, epoch, on }: Opened) {
    this.epoch = epoch;
    this.#bound = bound;
    this.#on = on;
    this.#journal = new Journal(sqliteShelf((sql) => on.prepared(sql)));
  }

  async release(id: string): Promise<Result<Release | null>> {
    return this.#on.tried<Release | null>(() => {
      const row = this.#on.prepared('SELECT document FROM release WHERE id = ?').get(id);
      return row === undefined ? ok(null) : storedRelease(String(row['document']), id);
    });
  }

  async releases({
    policy,
    active,
    limit = -1,
  }: Parameters<Store['releases']>[0]): Promise<Result<readonly Release[]>> {
    return this.#on.tried(() => {
      const sql = `SELECT id, document FROM release WHERE (?1 IS NULL OR policy = ?1) ${active ? 'AND active = 1' : ''} ORDER BY number DESC LIMIT ?2`;
      const rows = this.#on.prepared(sql).all(policy ?? null, limit);
      const read = rows.map(({ document, id }) => storedRelease(String(document), String(id)));
      return ok(read.flatMap((each) => (each.ok ? [each.value] : [])));
    });
  }

  async save(release: Release, log: readonly LogEntry[]): Promise<Result<Release>> {
    this.#on.durable(log.length > 0 ? 'FULL' : 'NORMAL');
    return this.#on.committed(() => {
      const saved = { ...release, version: release.version + 1 };
      if (!this.#put(saved)) return failed(this.#conflict('release', release.id, release.version));
      for (const line of log) {
        this.#on.prepared('INSERT INTO line (release, document) VALUES (?, ?)').run(release.id, JSON.stringify(line));
      }
      if (isOver(saved)) this.#end(saved);
      return ok(saved);
    });
  }

  /** Whether it was there at the version before. */
  #put(saved: Release): boolean {
    const active = isOver(saved) ? 0 : 1;
    const document = JSON.stringify(saved);
    const { changes } =
      saved.version === 1
        ? this.#on
            .prepared(
              'INSERT INTO release (id, policy, active, version, document) VALUES (?, ?, ?, 1, ?) ON CONFLICT DO NOTHING',
            )
            .run(saved.id, saved.policy, active, document)
        : this.#on
            .prepared('UPDATE release SET active = ?, version = ?, document = ? WHERE id = ? AND version = ?')
            .run(active, saved.version, document, saved.id, saved.version - 1);
    return changes === 1;
  }

  #end({ id, policy }: Release): void {
    this.#journal.ended(id);
    const ended = this.#on
      .prepared(
        "SELECT number, document ->> '$.phase.endedAtMs' AS ended FROM release WHERE policy = ? AND active = 0 ORDER BY number DESC",
      )
      .all(policy);
    const known = ended.map((row) => ({ number: Number(row['number']), endedAtMs: Number(row['ended']) }));
    for (const { number } of toForget(known, this.#bound))
      this.#on.prepared('DELETE FROM release WHERE number = ?').run(number);
  }

  async policy(name: string): Promise<Result<PolicyState | null>> {
    return this.#on.tried<PolicyState | null>(() => {
      const row = this.#on.prepared('SELECT document FROM policy WHERE name = ?').get(name);
      return row === undefined ? ok(null) : storedPolicy(String(row['document']), name);
    });
  }

  async savePolicy(state: PolicyState): Promise<Result<PolicyState>> {
    this.#on.durable('FULL');
    return this.#on.committed(() => {
      const saved = { ...state, version: state.version + 1 };
      const document = JSON.stringify(saved);
      const { changes } =
        state.version === 0
          ? this.#on
              .prepared('INSERT INTO policy (name, version, document) VALUES (?, 1, ?) ON CONFLICT DO NOTHING')
              .run(state.policy, document)
          : this.#on
              .prepared('UPDATE policy SET version = ?, document = ? WHERE name = ? AND version = ?')
              .run(saved.version, document, state.policy, state.version);
      return changes === 1 ? ok(saved) : failed(this.#conflict('policy', state.policy, state.version));
    });
  }

  async log(release: string, last = 1_000): Promise<Result<readonly LogEntry[]>> {
    return this.#on.tried(() => {
      const rows = this.#on
        .prepared('SELECT document FROM line WHERE release = ? ORDER BY number DESC LIMIT ?')
        .all(release, last);
      return ok(rows.map(({ document }) => JSON.parse(String(document)) as LogEntry).toReversed());
    });
  }

  async note(release: string, span: JournalSpan): Promise<Result<void>> {
    this.#on.durable('NORMAL');
    return this.#on.committed(() => ok(this.#journal.note(release, span)));
  }

  async journal(release: string): Promise<Result<Journalled>> {
    return this.#on.tried(() => ok(this.#journal.read(release)));
  }

  async unreadable(): Promise<Result<readonly Unreadable[]>> {
    return this.#on.tried(() => {
      const rows = this.#on.prepared('SELECT id, policy, document FROM release ORDER BY number DESC').all();
      return ok(
        rows.flatMap(({ document, id, policy }) => {
          const read = storedRelease(String(document), String(id));
          return read.ok ? [] : [{ id: String(id), policy: String(policy), problem: read.error }];
        }),
      );
    });
  }

  async record(entry: Recorded): Promise<Result<void>> {
    this.#on.durable('FULL');
    return this.#on.committed(() => ok(recordInTrail((sql) => this.#on.prepared(sql), entry)));
  }

  async trail(filter: TrailFilter): Promise<Result<readonly TrailEntry[]>> {
    return this.#on.tried(() => ok(readTrail((sql) => this.#on.prepared(sql), filter)));
  }

  async verify(): Promise<Result<TrailProof>> {
    return this.#on.tried(() => ok(verifyTrail((sql) => this.#on.prepared(sql))));
  }

  async close(): Promise<void> {
    this.#on.close();
  }

  #conflict(table: 'release' | 'policy', key: string, read: number): Problem {
    const row = this.#on
      .prepared(`SELECT version FROM ${table} WHERE ${table === 'release' ? 'id' : 'name'} = ?`)
      .get(key);
    const stored = row === undefined ? 'gone or new' : `at ${String(row['version'])}`;
    return {
      reason: 'Conflict',
      message: `${table} ${key} was read at version ${read} and is ${stored} now: read it again`,
      retryable: true,
    };
  }
}
