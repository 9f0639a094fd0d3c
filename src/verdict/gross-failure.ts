/** Gross failure: half of the canary's requests fail within five seconds while stable is fine. Needs no statistics. */
import type { CountsReading } from '../metrics/reading.ts';
import { sumAfter, type Window } from './window.ts';

export const grossWindowMs = 5_000;
const fewestRequests = 10;
const failedShare = 0.5;
const stableFailsLessThan = 0.05;
/** Arms sampled further apart than this can show the same outage in one of them first. */
const skewAtMostMs = 2_000;

export interface GrossLook {
  /** The counts of the last five seconds, this reading included. */
  readonly burst: Window;
  readonly reading: CountsReading;
  /** Where the reading begins: longer ago than five seconds, and nobody knows when these failures were. */
  readonly sinceMs: number;
  readonly split: boolean;
}

export const isGrossFailure = ({ burst, reading, sinceMs, split }: GrossLook): boolean => {
  const { atMs } = reading;
  if (atMs - sinceMs > grossWindowMs) return false;
  const canary = sumAfter(burst, 'canary', atMs - grossWindowMs);
  if (canary.events < fewestRequests || canary.bad < failedShare * canary.events) return false;
  const stable = sumAfter(burst, 'stable', atMs - grossWindowMs);
  if (!split || stable.events === 0) return true;
  return atMs - reading.aligned.toMs <= skewAtMostMs && stable.bad < stableFailsLessThan * stable.events;
};
