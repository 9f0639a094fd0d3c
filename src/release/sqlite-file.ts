/** The files of a database are for their owner alone: what instances are started with stands there, secrets included. */
import { chmodSync } from 'node:fs';

/** What SQLite makes beside it later gets the rights of the database. */
export function closeToOthers(path: string): void {
  for (const file of [path, `${path}-wal`, `${path}-shm`]) {
    try {
      chmodSync(file, 0o600);
    } catch {
      // Not there, or whoever owns it has lent it to us: the database itself says what can't be had.
    }
  }
}
