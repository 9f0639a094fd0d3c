/** Counts of events, bad ones among them: their sum, their ratio, and whether they say more than chance would. */
import { type Counts, noCounts } from '../metrics/reading.ts';

export const addCounts = (a: Counts, b: Counts): Counts => ({ events: a.events + b.events, bad: a.bad + b.bad });

export const sumCounts = (all: readonly Counts[]): Counts => all.reduce(addCounts, noCounts);

/** The bad fraction; null where nothing happened. */
export const fractionOf = ({ events, bad }: Counts): number | null => (events > 0 ? bad / events : null);

/** Finite and not negative: the only counts that may be judged. */
export const isCountable = ({ events, bad }: Counts): boolean =>
  Number.isFinite(events) && Number.isFinite(bad) && events >= 0 && bad >= 0;

/** Above the limit by more than chance: 2 nats are about one in fifty for counts exactly at the limit. */
export const isClearlyAbove = (counts: Counts, limit: number): boolean => natsAbove(counts, limit) >= 2;

/** How much more than chance counts exactly at the limit would have to be; 0 at or below it. */
export const natsAbove = ({ bad, events }: Counts, limit: number): number => {
  const expected = limit * events;
  return bad > expected ? bad * Math.log(bad / expected) - (bad - expected) : 0;
};
