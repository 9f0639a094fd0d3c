/** Whether what the page shows is live, and how old it is when it is not. */
import { tookText } from '../report/format-value.ts';

export interface Connection {
  readonly state: 'connecting' | 'open' | 'lost';
  /** When the server was last heard, epoch ms by this browser's clock; null: never. */
  readonly heardAtMs: number | null;
  /** Why it was lost, for people. */
  readonly problem: string | null;
}

/** The server says at least every 15 s that it is still there: after two such silences the stream is dead, whatever it claims. */
export const silentAfterMs = 35_000;

export const isStale = ({ state, heardAtMs }: Connection, nowMs: number): boolean =>
  heardAtMs !== null && (state !== 'open' || nowMs - heardAtMs > silentAfterMs);

/** `live`, `connecting`, `data is 12 s old`. */
export const freshnessText = (connection: Connection, nowMs: number): string => {
  const { heardAtMs, state } = connection;
  if (heardAtMs === null) return state === 'lost' ? 'not connected' : 'connecting';
  if (!isStale(connection, nowMs)) return 'live';
  const ageMs = Math.max(0, nowMs - heardAtMs);
  return `data is ${ageMs < 60_000 ? `${Math.round(ageMs / 1_000)} s` : tookText(ageMs)} old`;
};
