/** Numbers as people read them: shares in percent, times in ms or s, big counts short, and what is left on a clock. */
import { percent, seconds, span } from '../verdict/words.ts';

/** What a rule's value is counted in: a fraction, seconds, or 1 for an alert that fires. */
export type Unit = 'ratio' | 'seconds' | 'alert';

/** 12,412 is `12.4k`, 1,200,000 is `1.2M`; below 1000 as it is. */
export const countText = (count: number): string => {
  if (count < 999.5) return String(Math.round(count));
  return count < 999_500 ? `${threeDigits(count / 1000)}k` : `${threeDigits(count / 1_000_000)}M`;
};

const threeDigits = (value: number): string => String(Number(value.toPrecision(3)));

/** What a rule has counted; a level counts nothing. */
export const eventsText = ({ counts, events }: { readonly counts: boolean; readonly events: number }): string =>
  counts ? countText(events) : '-';

/** A rule's value; null, nothing was seen, is `-`. */
export const valueText = (value: number | null, unit: Unit): string => {
  if (value === null || !Number.isFinite(value)) return '-';
  if (unit === 'alert') return value > 0 ? 'firing' : 'quiet';
  return unit === 'seconds' ? seconds(value) : percent(value);
};

const two = (value: number): string => String(value).padStart(2, '0');

/** A countdown that ends on 00:00 and not before: `07:42`, `1:07:42`. */
export const clockText = (durationMs: number): string => {
  const left = Math.ceil(Math.max(0, durationMs) / 1000);
  const hours = Math.floor(left / 3600);
  const rest = `${two(Math.floor(left / 60) % 60)}:${two(left % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
};

/** How long something took: `420 ms`, `6.2 s`, `42s`, `1h5m`. */
export const tookText = (durationMs: number): string =>
  durationMs < 10_000 ? seconds(Math.max(0, durationMs) / 1000) : span(durationMs);

/** Time of day where the reader is: `12:41:08`. */
export const timeOfDay = (atMs: number): string => {
  const at = new Date(atMs);
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
};

/** Day and time where the reader is: `2026-01-15 12:41`. */
export const dayAndTime = (atMs: number): string => {
  const at = new Date(atMs);
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('-');
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}`;
};
