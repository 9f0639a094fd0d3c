/**
 * How bursty a service's bad events are: variance over mean of their counts, learned from stable's history.
 *
 *     bins of one step ─► windows of 15 s, 1 m, 5 m, 15 m ─► without incidents and the worst 1 % ─► the largest dispersion
 */
import { fractionOf, sumCounts } from './counts.ts';
import { dispersionOf, type Spread } from './spread.ts';

/** Bursts that outlast a window hide from it: several lengths are looked at, and the worst counts. */
export const aggregationMs: readonly number[] = [15_000, 60_000, 300_000, 900_000];

/** Above it a service is too bursty for its errors to tell much: it is judged as if it were here, and that is said. */
export const dispersionCap = 20;

/** What one stretch of history showed. */
export interface Bin {
  readonly atMs: number;
  readonly events: number;
  readonly bad: number;
}

export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface History {
  /** In order of time, each of one step; stretches without data are left out. */
  readonly bins: readonly Bin[];
  readonly stepMs: number;
  /** Recorded trouble: what happened then is not how the service usually is. */
  readonly incidents: readonly Stretch[];
}

export interface Learned {
  /** At least 1; not capped. */
  readonly phi: number;
  /** Length of the windows that show it. */
  readonly windowMs: number;
}

/** About as long as a release takes: that the rate of errors changes with the hours and with each deployment is no burst. */
const blockMs = 2 * 3_600_000;
const worstPart = 0.01;
const fewestWindows = 20;
const fewestBad = 20;

/** Null: the history is too short, or too little went wrong in it, to say anything. */
export const learnDispersion = (history: History): Learned | null => {
  const { stepMs } = history;
  const calm = calmBins(history);
  if (sumCounts(calm).bad < fewestBad) return null;
  const lengths = [...new Set(aggregationMs.map((ms) => Math.max(ms, stepMs)))];
  const found = lengths.map((windowMs) => ({ windowMs, phi: dispersionIn(windowsOf(calm, windowMs)) }));
  // The longest windows show what the short ones can't: without enough of them nothing is known.
  if (found.at(-1)?.phi === null) return null;
  const most = found.reduce((a, b) => ((b.phi ?? 0) > (a.phi ?? 0) ? b : a));
  return { phi: Math.max(1, most.phi ?? 1), windowMs: most.windowMs };
};

/** The history without recorded trouble. */
export const calmBins = ({ bins, stepMs, incidents }: History): readonly Bin[] =>
  incidents.length === 0 ? bins : bins.filter((bin) => !incidents.some((each) => overlaps(bin, stepMs, each)));

const overlaps = ({ atMs }: Bin, stepMs: number, { fromMs, toMs }: Stretch): boolean =>
  atMs < toMs && atMs + stepMs > fromMs;

/** The bins' sums over windows of one length; windows without an event are none. */
export const windowsOf = (bins: readonly Bin[], lengthMs: number): readonly Bin[] => {
  const windows: { atMs: number; events: number; bad: number }[] = [];
  for (const { atMs, events, bad } of bins) {
    const begin = atMs - (atMs % lengthMs);
    const last = windows.at(-1);
    if (events <= 0) continue;
    if (last?.atMs === begin) {
      last.events += events;
      last.bad += bad;
    } else {
      windows.push({ atMs: begin, events, bad });
    }
  }
  return windows;
};

const dispersionIn = (windows: readonly Bin[]): number | null => {
  if (windows.length < fewestWindows) return null;
  let squares = 0;
  let bad = 0;
  for (const block of blocksOf(withoutWorst(windows))) {
    const phi = dispersionOf(block);
    if (phi === null) continue;
    squares += phi * block.bad;
    bad += block.bad;
  }
  return bad === 0 ? null : squares / bad;
};

/** Those that are furthest above what the whole history would lead one to expect. */
const withoutWorst = (windows: readonly Bin[]): readonly Bin[] => {
  const rate = fractionOf(sumCounts(windows)) ?? 0;
  const excess = windows.map(({ bad, events }) => bad - rate * events);
  const limit = excess.toSorted((a, b) => b - a)[Math.floor(windows.length * worstPart)] as number;
  return windows.filter((_, i) => (excess[i] as number) <= limit);
};

const blocksOf = (windows: readonly Bin[]): readonly Spread[] => {
  const blocks = new Map<number, { -readonly [K in keyof Spread]: Spread[K] }>();
  for (const { atMs, events, bad } of windows) {
    const key = Math.floor(atMs / blockMs);
    const block = blocks.get(key) ?? { windows: 0, events: 0, bad: 0, bad2: 0, cross: 0, events2: 0 };
    block.windows += 1;
    block.events += events;
    block.bad += bad;
    block.bad2 += bad * bad;
    block.cross += bad * events;
    block.events2 += events * events;
    blocks.set(key, block);
  }
  return [...blocks.values()];
};
