/** The durable store: one SQLite file, one process that owns it, one JSON document a release. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { failed, ok, type Problem, type Result } from '../lib/result.ts';
import { type HistoryBound, toForget } from './history-bound.ts';
import { Journal, type Journalled } from './journal.ts';
import type { JournalSpan } from './journal-span.ts';
import type { LogEntry } from './log.ts';
import { isOver } from './phase.ts';
import type { Release } from './release.ts';
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
    return ok(new SqliteStore({ db, path, bound: { keep: 200, ...bound }, epoch: takeOver(db) }));
  } catch (thrown) {
    db?.close();
    return failed(sqliteProblem(thrown, path));
  }
}

interface Opened {
  readonly db: DatabaseSync;
  readonly path: string;
  readonly bound: HistoryBound;
  readonly epoch: number;
}

/**
 *   save ──► BEGIN ─ update where version ─ lines ─ forget old ─► COMMIT ──► on disk
 *                        └─ no row: Conflict ──────► ROLLBACK
 */
class SqliteStore implements TrailedStore {
  readonly epoch: number;
  readonly #opened: Opened;
  readonly #statements = new Map<string, StatementSync>();
  readonly #journal = new Journal(sqliteShelf((sql) => this.#prepared(sql)));
  #level: 'FULL' | 'NORMAL' = 'FULL';

  constructor(opened: Opened) {
    this.#opened = opened;
    this.epoch = opened.epoch;
  }

  async release(id: string): Promise<Result<Release | null>> {
    return this.#tried<Release | null>(() => {
      const row = this.#prepared('SELECT document FROM release WHERE id = ?').get(id);
      return row === undefined ? ok(null) : storedRelease(String(row['document']), id);
    });
  }

  async releases({
    policy,
    active,
    limit = -1,
  }: Parameters<Store['releases']>[0]): Promise<Result<readonly Release[]>> {
    return this.#tried(() => {
      const sql = `SELECT id, document FROM release WHERE (?1 IS NULL OR policy = ?1) ${active ? 'AND active = 1' : ''} ORDER BY number DESC LIMIT ?2`;
      const rows = this.#prepared(sql).all(policy ?? null, limit);
      const read = rows.map(({ document, id }) => storedRelease(String(document), String(id)));
      return ok(read.flatMap((each) => (each.ok ? [each.value] : [])));
    });
  }

  async save(release: Release, log: readonly LogEntry[]): Promise<Result<Release>> {
    this.#sync(log.length > 0 ? 'FULL' : 'NORMAL');
    return this.#committed(() => {
      const saved = { ...release, version: release.version + 1 };
      if (!this.#put(saved)) return failed(this.#conflict('release', release.id, release.version));
      for (const line of log) {
        this.#prepared('INSERT INTO line (release, document) VALUES (?, ?)').run(release.id, JSON.stringify(line));
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
        ? this.#prepared(
            'INSERT INTO release (id, policy, active, version, document) VALUES (?, ?, ?, 1, ?) ON CONFLICT DO NOTHING',
          ).run(saved.id, saved.policy, active, document)
        : this.#prepared('UPDATE release SET active = ?, version = ?, document = ? WHERE id = ? AND version = ?').run(
            active,
            saved.version,
            document,
            saved.id,
            saved.version - 1,
          );
    return changes === 1;
  }

  #end({ id, policy }: Release): void {
    this.#journal.ended(id);
    const ended = this.#prepared(
      "SELECT number, document ->> '$.phase.endedAtMs' AS ended FROM release WHERE policy = ? AND active = 0 ORDER BY number DESC",
    ).all(policy);
    const known = ended.map((row) => ({ number: Number(row['number']), endedAtMs: Number(row['ended']) }));
    for (const { number } of toForget(known, this.#opened.bound))
      this.#prepared('DELETE FROM release WHERE number = ?').run(number);
  }

  async policy(name: string): Promise<Result<PolicyState | null>> {
    return this.#tried<PolicyState | null>(() => {
      const row = this.#prepared('SELECT document FROM policy WHERE name = ?').get(name);
      return row === undefined ? ok(null) : storedPolicy(String(row['document']), name);
    });
  }

  async savePolicy(state: PolicyState): Promise<Result<PolicyState>> {
    this.#sync('FULL');
    return this.#committed(() => {
      const saved = { ...state, version: state.version + 1 };
      const document = JSON.stringify(saved);
      const { changes } =
        state.version === 0
          ? this.#prepared('INSERT INTO policy (name, version, document) VALUES (?, 1, ?) ON CONFLICT DO NOTHING').run(
              state.policy,
              document,
            )
          : this.#prepared('UPDATE policy SET version = ?, document = ? WHERE name = ? AND version = ?').run(
              saved.version,
              document,
              state.policy,
              state.version,
            );
      return changes === 1 ? ok(saved) : failed(this.#conflict('policy', state.policy, state.version));
    });
  }

  async log(release: string, last = 1_000): Promise<Result<readonly LogEntry[]>> {
    return this.#tried(() => {
      const rows = this.#prepared('SELECT document FROM line WHERE release = ? ORDER BY number DESC LIMIT ?').all(
        release,
        last,
      );
      return ok(rows.map(({ document }) => JSON.parse(String(document)) as LogEntry).toReversed());
    });
  }

  async note(release: string, span: JournalSpan): Promise<Result<void>> {
    this.#sync('NORMAL');
    return this.#committed(() => ok(this.#journal.note(release, span)));
  }

  async journal(release: string): Promise<Result<Journalled>> {
    return this.#tried(() => ok(this.#journal.read(release)));
  }

  async unreadable(): Promise<Result<readonly Unreadable[]>> {
    return this.#tried(() => {
      const rows = this.#prepared('SELECT id, policy, document FROM release ORDER BY number DESC').all();
      return ok(
        rows.flatMap(({ document, id, policy }) => {
          const read = storedRelease(String(document), String(id));
          return read.ok ? [] : [{ id: String(id), policy: String(policy), problem: read.error }];
        }),
      );
    });
  }

  async record(entry: Recorded): Promise<Result<void>> {
    this.#sync('FULL');
    return this.#committed(() => ok(recordInTrail((sql) => this.#prepared(sql), entry)));
  }

  async trail(filter: TrailFilter): Promise<Result<readonly TrailEntry[]>> {
    return this.#tried(() => ok(readTrail((sql) => this.#prepared(sql), filter)));
  }

  async verify(): Promise<Result<TrailProof>> {
    return this.#tried(() => ok(verifyTrail((sql) => this.#prepared(sql))));
  }

  async close(): Promise<void> {
    if (this.#opened.db.isOpen) this.#opened.db.close();
  }

  /** What a decision or a person changed is on the disk before it counts; a clock that moved on survives a killed process without that. */
  #sync(level: 'FULL' | 'NORMAL'): void {
    if (this.#level !== level && this.#opened.db.isOpen) this.#opened.db.exec(`PRAGMA synchronous = ${level}`);
    this.#level = level;
  }

  #tried<T>(work: () => Result<T>): Result<T> {
    try {
      return work();
    } catch (thrown) {
      return failed(sqliteProblem(thrown, this.#opened.path));
    }
  }

  /** All of it or nothing. */
  #committed<T>(work: () => Result<T>): Result<T> {
    return this.#tried(() => {
      const { db } = this.#opened;
      db.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        db.exec(result.ok ? 'COMMIT' : 'ROLLBACK');
        return result;
      } finally {
        // A failed statement or commit (disk full) may have ended the transaction already.
        if (db.isTransaction) db.exec('ROLLBACK');
      }
    });
  }

  #prepared(sql: string): StatementSync {
    const known = this.#statements.get(sql) ?? this.#opened.db.prepare(sql);
    this.#statements.set(sql, known);
    return known;
  }

  #conflict(table: 'release' | 'policy', key: string, read: number): Problem {
    const row = this.#prepared(`SELECT version FROM ${table} WHERE ${table === 'release' ? 'id' : 'name'} = ?`).get(
      key,
    );
    const stored = row === undefined ? 'gone or new' : `at ${String(row['version'])}`;
    return {
      reason: 'Conflict',
      message: `${table} ${key} was read at version ${read} and is ${stored} now: read it again`,
      retryable: true,
    };
  }
}
