/**
 * Dispersion as stable shows it in this very release, where no history told it: a few sums for each window length.
 *
 *     sums: [ begun at | events, bad so far | windows, events, bad, bad^2, bad*events, events^2 ] x 4 lengths
 */
import type { Counts } from '../metrics/reading.ts';
import { aggregationMs, dispersionCap } from './dispersion.ts';
import { defaultJudgeSettings } from './settings.ts';
import { dispersionOf } from './spread.ts';

export interface SeenDispersion {
  /** Bad events of stable since the release began. */
  readonly bad: number;
  readonly sums: readonly number[];
}

/** From so many bad events on it is worth more than the assumption. */
export const enoughBad = 20;

const stride = 9;

export const nothingSeen: SeenDispersion = { bad: 0, sums: [] };

/** Stable's increments from `fromMs` to `toMs`. */
export interface StableTick {
  readonly fromMs: number;
  readonly toMs: number;
  readonly counts: Counts;
}

export const addSeen = (seen: SeenDispersion, { fromMs, toMs, counts }: StableTick): SeenDispersion => {
  if (counts.events === 0) return seen;
  const sums = seen.sums.length === 0 ? aggregationMs.flatMap(() => [fromMs, 0, 0, 0, 0, 0, 0, 0, 0]) : [...seen.sums];
  aggregationMs.forEach((lengthMs, i) => {
    const at = i * stride;
    if (sums[at + 1] === 0) sums[at] = fromMs;
    bump(sums, at + 1, counts.events);
    bump(sums, at + 2, counts.bad);
    if (toMs - (sums[at] ?? 0) >= lengthMs) close(sums, at);
  });
  return { bad: seen.bad + counts.bad, sums };
};

/** The window is full: into the sums with it, and a new one. */
const close = (sums: number[], at: number): void => {
  const [events = 0, bad = 0] = [sums[at + 1], sums[at + 2]];
  const parts = [1, events, bad, bad * bad, bad * events, events * events];
  for (let i = 0; i < parts.length; i++) bump(sums, at + 3 + i, parts[i] ?? 0);
  sums[at + 1] = 0;
  sums[at + 2] = 0;
};

const bump = (sums: number[], at: number, by: number): void => {
  sums[at] = (sums[at] ?? 0) + by;
};

/** Of one length: fewer scatter by chance alone. */
const fewestWindows = 4;

/** Bursts that outlast a window hide from it: below the assumption only once so many of the long ones were seen. */
const lowersFrom = { length: 2, windows: 6 };

/** null: too little was seen, the assumption stands. Rests on what came before the tick that it is used for. */
export const seenPhi = ({ bad, sums }: SeenDispersion): number | null => {
  if (bad < enoughBad) return null;
  let phi = windowsOf(sums, lowersFrom.length) >= lowersFrom.windows ? 1 : defaultJudgeSettings.phi;
  for (let i = 0; i < aggregationMs.length; i++) phi = Math.max(phi, dispersionAt(sums, i * stride + 3) ?? 0);
  return Math.min(dispersionCap, phi);
};

const windowsOf = (sums: readonly number[], length: number): number => sums[length * stride + 3] ?? 0;

const dispersionAt = (sums: readonly number[], from: number): number | null => {
  const [windows = 0, events = 0, bad = 0, bad2 = 0, cross = 0, events2 = 0] = sums.slice(from, from + 6);
  if (windows < fewestWindows) return null;
  return dispersionOf({ windows, events, bad, bad2, cross, events2 });
};

/** The same sums, so much earlier. */
export const seenBack = ({ bad, sums }: SeenDispersion, byMs: number): SeenDispersion => ({
  bad,
  sums: sums.map((each, at) => (at % stride === 0 ? each - byMs : each)),
});
