/** An open database: statements prepared once, work that is done whole or not at all, and what went wrong as a value. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { failed, type Result } from '../lib/result.ts';
import { sqliteProblem } from './sqlite-problem.ts';

export class SqliteConnection {
  readonly #db: DatabaseSync;
  readonly #path: string;
  readonly #statements = new Map<string, StatementSync>();
  #level: 'FULL' | 'NORMAL' = 'FULL';

  constructor(db: DatabaseSync, path: string) {
    this.#db = db;
    this.#path = path;
  }

  prepared(sql: string): StatementSync {
    const known = this.#statements.get(sql) ?? this.#db.prepare(sql);
    this.#statements.set(sql, known);
    return known;
  }

  /** What a decision or a person changed is on the disk before it counts (`FULL`); a clock that moved on survives a killed process without that. */
  durable(level: 'FULL' | 'NORMAL'): void {
    if (this.#level !== level && this.#db.isOpen) this.#db.exec(`PRAGMA synchronous = ${level}`);
    this.#level = level;
  }

  tried<T>(work: () => Result<T>): Result<T> {
    try {
      return work();
    } catch (thrown) {
      return failed(sqliteProblem(thrown, this.#path));
    }
  }

  /** All of it or nothing. */
  committed<T>(work: () => Result<T>): Result<T> {
    return this.tried(() => {
      this.#db.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        this.#db.exec(result.ok ? 'COMMIT' : 'ROLLBACK');
        return result;
      } finally {
        // A failed statement or commit (disk full) may have ended the transaction already.
        if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      }
    });
  }

  close(): void {
    if (this.#db.isOpen) this.#db.close();
  }
}
