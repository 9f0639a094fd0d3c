/** Delivery log in a file of its own beside the store: what happens to it happens to no release. */
import { DatabaseSync } from 'node:sqlite';
import { failed, ok, type Problem, type Result } from '../lib/result.ts';
import { Deliveries, mostDeliveries } from './deliveries.ts';
import type { Delivery, DeliveryLog } from './delivery-log.ts';
import { parseDelivery } from './delivery-schema.ts';
import { closeToOthers } from './sqlite-file.ts';
import { sqliteProblem } from './sqlite-problem.ts';

const begin = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS delivery (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    policy TEXT NOT NULL,
    target TEXT NOT NULL,
    notice TEXT NOT NULL,
    document TEXT NOT NULL,
    UNIQUE (policy, target, notice)
  ) STRICT;
  CREATE INDEX IF NOT EXISTS delivery_of_policy ON delivery (policy, number);
`;

export interface SqliteDeliveriesOptions {
  readonly path: string;
  /** A delivery could not be written: it is known until the controller ends. Said once, until one is written again. */
  readonly troubled: (problem: Problem) => void;
}

/** Fails as the store does. */
export function openSqliteDeliveries({ path, troubled }: SqliteDeliveriesOptions): Result<DeliveryLog> {
  let db: DatabaseSync | null = null;
  try {
    db = new DatabaseSync(path);
    closeToOthers(path);
    db.exec(begin);
    const rows = db.prepare('SELECT document FROM delivery ORDER BY number').all();
    const before = rows.flatMap(({ document }) => parseDelivery(String(document)) ?? []);
    return ok(new KeptDeliveries(before, { db, path, troubled }));
  } catch (thrown) {
    db?.close();
    return failed(sqliteProblem(thrown, path));
  }
}

interface Opened extends SqliteDeliveriesOptions {
  readonly db: DatabaseSync;
}

class KeptDeliveries extends Deliveries {
  readonly #opened: Opened;
  readonly #write: (delivery: Delivery) => void;
  #isTroubled = false;

  constructor(before: readonly Delivery[], opened: Opened) {
    super(before);
    this.#opened = opened;
    this.#write = writer(opened.db);
  }

  protected override changed(delivery: Delivery): void {
    const { path, troubled } = this.#opened;
    try {
      this.#write(delivery);
      this.#isTroubled = false;
    } catch (thrown) {
      if (!this.#isTroubled) troubled(sqliteProblem(thrown, path));
      this.#isTroubled = true;
    }
  }

  override async close(): Promise<void> {
    if (this.#opened.db.isOpen) this.#opened.db.close();
  }
}

function writer(db: DatabaseSync): (delivery: Delivery) => void {
  const insert = db.prepare('INSERT OR REPLACE INTO delivery (policy, target, notice, document) VALUES (?, ?, ?, ?)');
  const forget = db.prepare(
    'DELETE FROM delivery WHERE number IN (SELECT number FROM delivery WHERE policy = ? ORDER BY number DESC LIMIT -1 OFFSET ?)',
  );
  return (delivery) => {
    const { notice, policy, target } = delivery;
    insert.run(policy, target, notice, JSON.stringify(delivery));
    forget.run(policy, mostDeliveries);
  };
}
