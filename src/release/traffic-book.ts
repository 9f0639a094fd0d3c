/**
 * What became of the users' requests while a release ran: how many failed, and how long none succeeded at a time.
 *
 *     look ─► ok > 0 ───────────────────────► an interruption that was open ends here
 *          ─► only failures ────────────────► one begins (at the earliest when the last look that had ok > 0 began), or goes on
 *          ─► nothing was asked ────────────► nothing is known: what is open stays open
 *
 * Counted from look to look, so that each interruption has two bounds: `leastMs` it surely lasted, `mostMs` it can have lasted.
 */

export interface Interruption {
  /** Epoch ms of the last look before nothing but failures was seen. */
  readonly seenAtMs: number;
  readonly leastMs: number;
  readonly mostMs: number;
  /** Requests that failed in it. */
  readonly failed: number;
}

/** Requests that got an answer, and those that got an error or none; since the data plane began to count. */
export interface Answered {
  readonly ok: number;
  readonly failed: number;
}

export interface TrafficBook {
  /** `router`: by the data plane's own counters; else the name of the rule whose requests were counted. */
  readonly by: string;
  readonly ok: number;
  readonly failed: number;
  /** The data plane's counters as last read; null: what is read is new each time. */
  readonly last: Answered | null;
  readonly sinceMs: number;
  readonly lookedAtMs: number;
  readonly askedAtMs: number;
  /** Somebody was answered after this time, and before the look that saw it. */
  readonly okFromMs: number;
  /** Longest time between two looks that counted: within it nothing is known of the order of events. */
  readonly longestUnseenMs: number;
  readonly open: Open | null;
  readonly longest: Interruption | null;
}

interface Open {
  readonly fromMs: number;
  /** Nothing but failures between these two, surely. */
  readonly sinceMs: number;
  readonly untilMs: number;
  readonly failed: number;
}

export interface TrafficLook {
  readonly by: string;
  /** `counters` since the data plane began, or what is new since the look before. */
  readonly kind: 'counters' | 'new';
  readonly answered: Answered;
  /** The counters were read between these two, epoch ms. */
  readonly askedMs: number;
  readonly atMs: number;
}

/** The first look is what later ones are counted from. One that is no later than the last, or that was counted by another, is left out. */
export function countTraffic(book: TrafficBook | null, look: TrafficLook): TrafficBook {
  if (book === null) return begun(look);
  if (look.by !== book.by || look.atMs <= book.lookedAtMs) return book;
  const fresh = look.kind === 'new' ? look.answered : since(book.last, look.answered);
  const seen: TrafficBook = {
    ...book,
    ok: book.ok + fresh.ok,
    failed: book.failed + fresh.failed,
    last: look.kind === 'new' ? null : look.answered,
    lookedAtMs: look.atMs,
    askedAtMs: look.askedMs,
    longestUnseenMs: Math.max(book.longestUnseenMs, look.atMs - book.askedAtMs),
  };
  if (fresh.ok > 0) return { ...ended(seen), okFromMs: book.askedAtMs };
  return fresh.failed > 0 ? { ...seen, open: openAt(book, look, fresh.failed) } : seen;
}

const begun = ({ answered, askedMs, atMs, by, kind }: TrafficLook): TrafficBook => ({
  by,
  ok: 0,
  failed: 0,
  last: kind === 'counters' ? answered : null,
  sinceMs: atMs,
  lookedAtMs: atMs,
  askedAtMs: askedMs,
  okFromMs: askedMs,
  longestUnseenMs: 0,
  open: null,
  longest: null,
});

/** A lower counter is that of a process that started anew. */
const since = (last: Answered | null, now: Answered): Answered =>
  last === null || now.ok < last.ok || now.failed < last.failed
    ? now
    : { ok: now.ok - last.ok, failed: now.failed - last.failed };

const openAt = ({ lookedAtMs, okFromMs, open }: TrafficBook, { askedMs }: TrafficLook, failed: number): Open =>
  open === null
    ? { fromMs: okFromMs, sinceMs: lookedAtMs, untilMs: askedMs, failed }
    : { ...open, untilMs: askedMs, failed: open.failed + failed };

const ended = (book: TrafficBook): TrafficBook =>
  book.open === null ? book : { ...book, open: null, longest: longer(book.longest, interruptionOf(book)) };

/** The one that is open, as long as it is by the last look; null: none is. */
function interruptionOf({ open, lookedAtMs }: TrafficBook): Interruption | null {
  if (open === null) return null;
  const { failed, fromMs, sinceMs, untilMs } = open;
  return { seenAtMs: sinceMs, leastMs: Math.max(0, untilMs - sinceMs), mostMs: lookedAtMs - fromMs, failed };
}

const longer = (a: Interruption | null, b: Interruption | null): Interruption | null =>
  a === null || (b !== null && b.mostMs > a.mostMs) ? b : a;

/** The longest of all, the open one included. */
export const longestInterruption = (book: TrafficBook): Interruption | null =>
  longer(book.longest, interruptionOf(book));
