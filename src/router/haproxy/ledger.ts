/** What HAProxy can't hold, kept beside it: whose split it is, what was taken back, and what was last given to each process. */
import type { Backend } from '../deck.ts';
import { emptyRoute, type Route } from '../route.ts';

/** Requests that went each way. */
export type Counts = Readonly<Record<Backend, number>>;

/** One HAProxy as it should be. */
export interface PlaceRecord {
  /** Its process, as last seen; another one has lost what it was given. */
  readonly process: string;
  /** Share of the canary that it is to carry, or that others gave it. */
  readonly percent: number;
  /** Others changed its weights: they stay until the next decision. */
  readonly by: 'us' | 'others';
  /** Weights of the servers that were put in service; null: the last change was not read back, so nobody knows. */
  readonly given: Readonly<Record<string, number>> | null;
  /** Its counters when the present share began. */
  readonly counted: Counts;
}

export interface Ledger {
  readonly route: Route;
  /** Address that each server was pointed at, by the server's name. */
  readonly slots: Readonly<Record<Backend, Readonly<Record<string, string>>>>;
  /** By the endpoint's name. */
  readonly places: Readonly<Record<string, PlaceRecord>>;
  /** Share that the counters are counted from; null: not yet. */
  readonly countedAt: number | null;
}

export const emptyLedger = (nowMs: number): Ledger => ({
  route: emptyRoute(nowMs),
  slots: { canary: {}, stable: {} },
  places: {},
  countedAt: null,
});

/** Of a process that was given nothing yet. */
export const recordOf = (process: string): PlaceRecord => ({
  process,
  percent: 0,
  by: 'us',
  given: null,
  counted: { canary: 0, stable: 0 },
});

/** Without what it says of endpoints that are none of these. */
export const keptFor = (ledger: Ledger, names: readonly string[]): Ledger => ({
  ...ledger,
  places: Object.fromEntries(Object.entries(ledger.places).filter(([name]) => names.includes(name))),
});
