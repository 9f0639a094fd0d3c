/** Rows of looks in memory, for the journal of a store that keeps them there. */
import type { Row, Shelf } from './journal.ts';

export type Look = Row & { readonly document: string };

/** By release. */
export type Looks = Map<string, Look[]>;

/** `isOver`: no release runs by that name any more. */
export function memoryShelf(looks: Looks, isOver: Shelf['isOver']): Shelf {
  const within = (row: Row, { first, last }: Pick<Row, 'first' | 'last'>): boolean =>
    row.last >= first && row.last <= last;
  return {
    rows: (release) => looks.get(release) ?? [],
    isOver,
    documents: (release, from) =>
      (looks.get(release) ?? []).filter((row) => within(row, from)).map(({ document }) => document),
    put: (release, { first, last }, document) => {
      const rows = [...(looks.get(release) ?? []), { first, last, bytes: document.length, document }];
      looks.set(
        release,
        rows.toSorted((a, b) => a.last - b.last),
      );
    },
    drop: (release, from) =>
      void looks.set(
        release,
        (looks.get(release) ?? []).filter((row) => !within(row, from)),
      ),
  };
}
