/**
 * The looks at a release, kept beside its record and never decided by; however long it takes, they need no more room than `mostBytes`.
 *
 *     look ─► rows of one look ─(64, or 16 KiB)─► one row ─(all of them too much)─► two rows of old looks made one, their looks merged
 *                                                                                     └─(that does not help)─► the oldest row goes: cut
 */
import { mergePairs } from './journal-merge.ts';
import type { JournalSpan } from './journal-span.ts';

/** Of one release, as text. */
export const mostBytes = 192 * 1024;

const looseLooks = 64;
const looseBytes = 16 * 1024;

/** Looks are numbered from 1; a row has those from `first` to `last`. */
export interface Row {
  readonly first: number;
  readonly last: number;
  readonly bytes: number;
}

/** Where rows are kept; what it throws, the journal throws. */
export interface Shelf {
  /** Oldest first. */
  rows(release: string): readonly Row[];
  /** No release runs by that name (any more): hardly a look comes now. */
  isOver(release: string): boolean;
  /** Of the rows between, oldest first. */
  documents(release: string, from: Pick<Row, 'first' | 'last'>): readonly string[];
  put(release: string, row: Omit<Row, 'bytes'>, document: string): void;
  drop(release: string, from: Pick<Row, 'first' | 'last'>): void;
}

export interface Journalled {
  /** Oldest first. */
  readonly spans: readonly JournalSpan[];
  /** What was read after its end, while trends were recorded; oldest first. */
  readonly trend: readonly JournalSpan[];
  /** The oldest looks are not there any more. */
  readonly cut: boolean;
}

export const noLooks: Journalled = { spans: [], trend: [], cut: false };

/** More releases than run at once. */
const mostKnown = 4_000;

export class Journal {
  readonly #shelf: Shelf;
  readonly #known = new Map<string, readonly Row[]>();

  constructor(shelf: Shelf) {
    this.#shelf = shelf;
  }

  note(release: string, span: JournalSpan): void {
    const remembered = this.#known.get(release);
    const known = remembered ?? this.#shelf.rows(release);
    // What fails on the way leaves nothing behind that the shelf may not have.
    this.#known.delete(release);
    const number = (known.at(-1)?.last ?? 0) + 1;
    const rows = this.#within(release, this.#joined(release, [...known, this.#put(release, number, [span])]));
    if (remembered === undefined && this.#shelf.isOver(release)) return;
    if (this.#known.size >= mostKnown) this.#known.clear();
    this.#known.set(release, rows);
  }

  /** What is known of its rows is let go, and read again for a look that comes yet. */
  ended(release: string): void {
    this.#known.delete(release);
  }

  read(release: string): Journalled {
    const rows = this.#shelf.rows(release);
    const [first] = rows;
    if (first === undefined) return noLooks;
    const all = this.#spans(release, { first: first.first, last: rows.at(-1)?.last ?? 0 });
    const [spans, trend] = [all.filter((span) => span.trend !== true), all.filter((span) => span.trend === true)];
    return { spans, trend, cut: first.first > 1 };
  }

  #joined(release: string, rows: readonly Row[]): readonly Row[] {
    const loose = rows.slice(rows.findLastIndex(({ first, last }) => last > first) + 1);
    const [first, second] = loose;
    if (first === undefined || second === undefined) return rows;
    if (loose.length < looseLooks && bytesOf(loose) < looseBytes) return rows;
    const all = { first: first.first, last: loose.at(-1)?.last ?? first.last };
    return [
      ...rows.slice(0, -loose.length),
      this.#replace(release, all, this.#shelf.documents(release, all).join(',')),
    ];
  }

  #within(release: string, rows: readonly Row[]): readonly Row[] {
    let kept = rows;
    while (kept.length > 1 && bytesOf(kept) > mostBytes) {
      const before = bytesOf(kept);
      kept = this.#thinned(release, kept);
      if (bytesOf(kept) >= before) break;
    }
    return kept;
  }

  #thinned(release: string, rows: readonly Row[]): readonly Row[] {
    const at = pairToMerge(rows);
    const [older, newer] = at === null ? [] : rows.slice(at, at + 2);
    if (at === null || older === undefined || newer === undefined) return this.#withoutOldest(release, rows);
    const all = { first: older.first, last: newer.last };
    const document = shorter(this.#spans(release, all), 0.8 * (older.bytes + newer.bytes));
    if (document === null) return this.#withoutOldest(release, rows);
    return [...rows.slice(0, at), this.#replace(release, all, document), ...rows.slice(at + 2)];
  }

  #withoutOldest(release: string, [oldest, ...rest]: readonly Row[]): readonly Row[] {
    if (oldest !== undefined) this.#shelf.drop(release, oldest);
    return rest;
  }

  #spans(release: string, from: Pick<Row, 'first' | 'last'>): readonly JournalSpan[] {
    return JSON.parse(`[${this.#shelf.documents(release, from).join(',')}]`) as readonly JournalSpan[];
  }

  #replace(release: string, { first, last }: Pick<Row, 'first' | 'last'>, document: string): Row {
    this.#shelf.drop(release, { first, last });
    this.#shelf.put(release, { first, last }, document);
    return { first, last, bytes: document.length };
  }

  #put(release: string, number: number, spans: readonly JournalSpan[]): Row {
    const document = textOf(spans);
    this.#shelf.put(release, { first: number, last: number }, document);
    return { first: number, last: number, bytes: document.length };
  }
}

/** A list without its brackets, so that lists are joined without being parsed. */
const textOf = (spans: readonly JournalSpan[]): string => spans.map((span) => JSON.stringify(span)).join(',');

/** Merged as carefully as brings it down to `bytes`; null: nothing does. */
function shorter(spans: readonly JournalSpan[], bytes: number): string | null {
  for (const alike of ['strict', 'loose'] as const) {
    const text = textOf(mergePairs(spans, alike));
    if (text.length <= bytes) return text;
  }
  return null;
}

const bytesOf = (rows: readonly Row[]): number => rows.reduce((sum, { bytes }) => sum + bytes, 0);

/** The newest rows stay as they are: how a release ended is what is looked at. */
const untouched = 4;

/** Where two neighbours stand for the fewest looks together, the older ones where several do; null: there are no two. */
function pairToMerge(rows: readonly Row[]): number | null {
  const joined = rows.filter(({ first, last }) => last > first).length;
  const candidates = joined > untouched + 1 ? joined - untouched : joined;
  let [best, fewest]: [number | null, number] = [null, Number.POSITIVE_INFINITY];
  for (let at = 0; at + 1 < candidates; at += 1) {
    const looks = (rows[at + 1]?.last ?? 0) - (rows[at]?.first ?? 0);
    if (looks < fewest) [best, fewest] = [at, looks];
  }
  return best;
}
