/** The trail in the store's file: filled by the file itself with each line that is saved, and closed to every change but an addition. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { LogEntry } from './log.ts';
import {
  controllerItself,
  entryOf,
  mostTrail,
  type Recorded,
  type TrailEntry,
  type TrailFilter,
  trailEvents,
} from './trail.ts';
import type { TrailProof } from './trail-proof.ts';

const closed = "SELECT RAISE(ABORT, 'the trail is only added to')";

/** Triggers are part of the file: they hold for every program that opens it. The one that names events is made anew, for later versions know more. */
const trailTables = `
  CREATE TABLE IF NOT EXISTS trail (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    policy TEXT NOT NULL,
    release TEXT,
    revision TEXT,
    what TEXT NOT NULL,
    document TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS trail_of_policy ON trail (policy, number);
  CREATE INDEX IF NOT EXISTS trail_of_release ON trail (release, number);
  CREATE TRIGGER IF NOT EXISTS trail_not_changed BEFORE UPDATE ON trail BEGIN ${closed}; END;
  CREATE TRIGGER IF NOT EXISTS trail_not_replaced BEFORE INSERT ON trail
    WHEN EXISTS (SELECT 1 FROM trail WHERE number = NEW.number) BEGIN ${closed}; END;
  CREATE TRIGGER IF NOT EXISTS trail_not_shortened BEFORE DELETE ON trail
    WHEN OLD.number > (SELECT max(number) FROM trail) - ${mostTrail} BEGIN ${closed}; END;
  CREATE TRIGGER IF NOT EXISTS trail_bounded AFTER INSERT ON trail
    BEGIN DELETE FROM trail WHERE number <= NEW.number - ${mostTrail}; END;
  DROP TRIGGER IF EXISTS line_into_trail;
  CREATE TRIGGER line_into_trail AFTER INSERT ON line
    WHEN NEW.document ->> 'kind' IN ('action', 'decision')
      OR NEW.document ->> 'reason' IN (${trailEvents.map((reason) => `'${reason}'`).join(', ')})
    BEGIN
      INSERT INTO trail (at, policy, release, revision, what, document)
      SELECT NEW.document ->> 'atMs', policy, id, document ->> 'revision', NEW.document ->> 'reason', NEW.document
      FROM release WHERE id = NEW.release;
    END;
`;

const triggers = ['trail_not_changed', 'trail_not_replaced', 'trail_not_shortened', 'line_into_trail'] as const;

type Prepared = (sql: string) => StatementSync;

const brokenWhat = 'TrailBroken';

/** Makes what keeps the trail closed; that something of it was gone from a file that has entries stands in the trail from then on. Throws what SQLite throws. */
export function closeTrail(db: DatabaseSync, nowMs: number): void {
  const prepared: Prepared = (sql) => db.prepare(sql);
  const isThere = prepared("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'trail'").get() !== undefined;
  const hasEntries = isThere && prepared('SELECT 1 FROM trail LIMIT 1').get() !== undefined;
  const lost = hasEntries ? lostTriggers(prepared) : [];
  db.exec(trailTables);
  if (lost.length === 0) return;
  const message = `trigger ${lost.join(', ')} was gone when the file was opened: entries before this one may have been changed since it was open last`;
  const words = { atMs: nowMs, who: controllerItself, what: brokenWhat, policy: '', revision: null, why: '' };
  recordInTrail(prepared, { ...words, message, data: { lost: lost.join(' ') } });
}

function lostTriggers(prepared: Prepared): readonly string[] {
  const named = prepared("SELECT name FROM sqlite_master WHERE type = 'trigger'").all();
  const there = new Set(named.map(({ name }) => String(name)));
  return triggers.filter((name) => !there.has(name));
}

/** Throws what SQLite throws. */
export function recordInTrail(
  prepared: Prepared,
  { atMs, data, message, policy, revision, what, who, why }: Recorded,
): void {
  const kind = who === controllerItself ? 'event' : 'action';
  const line: LogEntry = { atMs, kind, reason: what, message, data: { ...data, who, reason: why } };
  prepared('INSERT INTO trail (at, policy, revision, what, document) VALUES (?, ?, ?, ?, ?)').run(
    atMs,
    policy,
    revision,
    what,
    JSON.stringify(line),
  );
}

/** Whether the file still refuses changes, and no number is missing. Throws what SQLite throws. */
export function verifyTrail(prepared: Prepared): TrailProof {
  const lost = lostTriggers(prepared);
  const broken = prepared("SELECT number, document ->> 'message' AS message FROM trail WHERE what = ?").all(brokenWhat);
  const row = prepared('SELECT count(*) AS entries, min(number) AS first, max(number) AS last FROM trail').get();
  const entries = Number(row?.['entries'] ?? 0);
  const first = entries === 0 ? null : Number(row?.['first']);
  const last = entries === 0 ? null : Number(row?.['last']);
  const span = first === null || last === null ? 0 : last - first + 1;
  const problems = [
    ...lost.map((name) => `trigger ${name} is gone: the file does not refuse changes any more`),
    ...broken.map(({ message, number }) => `entry ${Number(number)}: ${String(message)}`),
    ...(span > entries ? [`${span - entries} entries between ${first} and ${last} are missing`] : []),
  ];
  const how = 'triggers of the file, which refuse every change of an entry; its numbers have no gap';
  return { entries, first, last, hash: null, how, problems };
}

/** Throws what SQLite throws. */
export function readTrail(
  prepared: Prepared,
  { before, limit, policy, release, sinceMs, what }: TrailFilter,
): readonly TrailEntry[] {
  const sql = `
    SELECT number, policy, release, revision, document FROM trail
    WHERE (?1 IS NULL OR policy = ?1) AND (?2 IS NULL OR release = ?2) AND (?3 IS NULL OR at >= ?3) AND (?4 IS NULL OR what = ?4)
      AND (?6 IS NULL OR number < ?6)
    ORDER BY number DESC LIMIT ?5`;
  const rows = prepared(sql).all(policy ?? null, release ?? null, sinceMs ?? null, what ?? null, limit, before ?? null);
  const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
  return rows
    .map((row) =>
      entryOf({
        number: Number(row['number']),
        policy: String(row['policy']),
        release: text(row['release']),
        revision: text(row['revision']),
        entry: JSON.parse(String(row['document'])) as LogEntry,
      }),
    )
    .toReversed();
}
