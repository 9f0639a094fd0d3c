/** Looks at releases in the store's file: rows of a table of their own, gone with their release. */
import type { StatementSync } from 'node:sqlite';
import type { Row, Shelf } from './journal.ts';

/** `prepared` keeps what it prepared. Every call throws what SQLite throws. */
export const sqliteShelf = (prepared: (sql: string) => StatementSync): Shelf => ({
  rows: (release) =>
    prepared('SELECT first, last, length(document) AS bytes FROM look WHERE release = ? ORDER BY last')
      .all(release)
      .map(({ bytes, first, last }): Row => ({ first: Number(first), last: Number(last), bytes: Number(bytes) })),
  isOver: (release) => prepared('SELECT 1 FROM release WHERE id = ? AND active = 1').get(release) === undefined,
  documents: (release, { first, last }) =>
    prepared('SELECT document FROM look WHERE release = ? AND last BETWEEN ? AND ? ORDER BY last')
      .all(release, first, last)
      .map(({ document }) => String(document)),
  put: (release, { first, last }, document) =>
    void prepared('INSERT INTO look (release, first, last, document) VALUES (?, ?, ?, ?)').run(
      release,
      first,
      last,
      document,
    ),
  drop: (release, { first, last }) =>
    void prepared('DELETE FROM look WHERE release = ? AND last BETWEEN ? AND ?').run(release, first, last),
});
