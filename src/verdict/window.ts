/**
 * The last minutes of counts in a few slots: for the number on the screen, `suspect` and the point judge, never for conviction.
 *
 *     slots: [ first sample time, canary events, canary bad, stable events, stable bad ] x at most 21, oldest first
 */
import type { Counts } from '../metrics/reading.ts';

const slotsPerWindow = 20;
const stride = 5;

export interface Window {
  readonly lengthMs: number;
  /** Flat, `stride` numbers a slot; plain numbers keep the saved state small. */
  readonly slots: readonly number[];
}

export interface Increment {
  readonly atMs: number;
  readonly canary: Counts;
  readonly stable: Counts;
}

export const emptyWindow = (lengthMs: number): Window => ({ lengthMs, slots: [] });

/** The window with one more increment, without what is too old for it. */
export const addToWindow = (window: Window, { atMs, canary, stable }: Increment): Window => {
  const slots = window.slots.slice(firstYoungerThan(window, atMs - window.lengthMs));
  const last = slots.length - stride;
  const lastStart = slots[last];
  if (lastStart !== undefined && atMs < lastStart + window.lengthMs / slotsPerWindow) {
    bump(slots, last + 1, canary);
    bump(slots, last + 3, stable);
  } else {
    slots.push(atMs, canary.events, canary.bad, stable.events, stable.bad);
  }
  return { lengthMs: window.lengthMs, slots };
};

/** What one arm did after `fromMs`. */
export const sumAfter = (window: Window, arm: 'canary' | 'stable', fromMs: number): Counts => {
  const offset = arm === 'canary' ? 1 : 3;
  let events = 0;
  let bad = 0;
  for (let i = firstYoungerThan(window, fromMs); i < window.slots.length; i += stride) {
    events += window.slots[i + offset] ?? 0;
    bad += window.slots[i + offset + 1] ?? 0;
  }
  return { events, bad };
};

/** When the arm's first events in it were seen; null: it has none. */
export const firstCounted = ({ slots }: Window, arm: 'canary' | 'stable'): number | null => {
  const offset = arm === 'canary' ? 1 : 3;
  for (let i = 0; i < slots.length; i += stride) if ((slots[i + offset] ?? 0) > 0) return slots[i] ?? null;
  return null;
};

/** The same slots, so much earlier. */
export const windowBack = ({ lengthMs, slots }: Window, byMs: number): Window => ({
  lengthMs,
  slots: slots.map((each, at) => (at % stride === 0 ? each - byMs : each)),
});

const firstYoungerThan = ({ slots }: Window, fromMs: number): number => {
  let i = 0;
  while (i < slots.length && (slots[i] ?? 0) <= fromMs) i += stride;
  return i;
};

const bump = (slots: number[], at: number, counts: Counts): void => {
  slots[at] = (slots[at] ?? 0) + counts.events;
  slots[at + 1] = (slots[at + 1] ?? 0) + counts.bad;
};
