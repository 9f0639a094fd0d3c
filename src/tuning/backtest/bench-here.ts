/** Judging in this thread, one sitting after the other. */
import type { HistorySource } from '../../metrics/history.ts';
import { type Court, sit } from './sitting.ts';
import type { Bench } from './sittings.ts';

export const benchHere =
  (history: HistorySource) =>
  (court: Court): Bench => ({
    atOnce: 1,
    sit: (sitting, hooks) => sit({ court, history }, sitting, hooks),
    close: () => Promise.resolve(),
  });
