/** The tables of the store's file, and the settings under which one process owns it and nothing committed is lost. */
import type { DatabaseSync } from 'node:sqlite';
import { closeTrail } from './sqlite-trail.ts';

/** Of the tables; another one is refused, never converted by guessing. */
const schemaVersion = 1;

/** Locks are the operating system's: they end with the process, however it ends. */
const settings = `
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA wal_autocheckpoint = 4000;
  PRAGMA foreign_keys = ON;
`;

const tables = `
  CREATE TABLE IF NOT EXISTS writer (only INTEGER PRIMARY KEY CHECK (only = 1), epoch INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS policy (name TEXT PRIMARY KEY, version INTEGER NOT NULL, document TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS release (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    policy TEXT NOT NULL,
    active INTEGER NOT NULL,
    version INTEGER NOT NULL,
    document TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS release_of_policy ON release (policy, number);
  CREATE INDEX IF NOT EXISTS release_active ON release (number) WHERE active = 1;
  CREATE TABLE IF NOT EXISTS line (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    release TEXT NOT NULL REFERENCES release (id) ON DELETE CASCADE,
    document TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS line_of_release ON line (release, number);
  CREATE TABLE IF NOT EXISTS look (
    release TEXT NOT NULL REFERENCES release (id) ON DELETE CASCADE,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (release, last)
  ) STRICT, WITHOUT ROWID;
`;

/** Takes the file over: locks it, makes its tables, and answers this writer's number. Throws what SQLite throws, and `OtherSchema`. */
export function takeOver(db: DatabaseSync): number {
  db.exec(settings);
  db.exec('BEGIN IMMEDIATE');
  const found = Number(db.prepare('PRAGMA user_version').get()?.['user_version']);
  if (found !== 0 && found !== schemaVersion) throw new OtherSchema(found);
  db.exec(tables);
  closeTrail(db, Date.now());
  db.exec(`PRAGMA user_version = ${schemaVersion}`);
  db.exec('INSERT INTO writer (only, epoch) VALUES (1, 1) ON CONFLICT DO UPDATE SET epoch = epoch + 1');
  const epoch = Number(db.prepare('SELECT epoch FROM writer').get()?.['epoch']);
  db.exec('COMMIT');
  return epoch;
}

/** The file was written by a version of Sluice with other tables. */
export class OtherSchema extends Error {
  constructor(found: number) {
    super(`its tables are of version ${found}, this Sluice knows version ${schemaVersion}`);
    this.name = 'OtherSchema';
  }
}
