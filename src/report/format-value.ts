/** Numbers as people read them: shares in percent, times in ms or s, big counts short, and what is left on a clock. */

/** What a rule's value is counted in: a fraction, or seconds. */
export type Unit = 'ratio' | 'seconds';

/** At most `digits` significant ones, without an exponent and without trailing zeros. */
const short = (value: number, digits: number): string =>
  value === 0
    ? '0'
    : new Intl.NumberFormat('en-US', { maximumSignificantDigits: digits, useGrouping: false }).format(value);

/** A fraction: 0.0003 is `0.03 %`, 0.4921 is `49.2 %`. */
export const percentText = (ratio: number): string => {
  const percent = ratio * 100;
  return `${short(percent, Math.abs(percent) < 1 ? 2 : 3)} %`;
};

/** Seconds: 0.4123 is `412 ms`, 1.25 is `1.25 s`. */
export const secondsText = (seconds: number): string =>
  Math.abs(seconds) < 1 ? `${short(seconds * 1000, 3)} ms` : `${short(seconds, 3)} s`;

/** 12,412 is `12.4k`, 1,200,000 is `1.2M`; below 1000 as it is. */
export const countText = (count: number): string => {
  if (count < 999.5) return short(count, 3);
  return count < 999_500 ? `${short(count / 1000, 3)}k` : `${short(count / 1_000_000, 3)}M`;
};

/** A rule's value; null, nothing was seen, is `-`. */
export const valueText = (value: number | null, unit: Unit): string => {
  if (value === null || !Number.isFinite(value)) return '-';
  return unit === 'seconds' ? secondsText(value) : percentText(value);
};

const two = (value: number): string => String(value).padStart(2, '0');

/** A countdown that ends on 00:00 and not before: `07:42`, `1:07:42`. */
export const clockText = (durationMs: number): string => {
  const seconds = Math.ceil(Math.max(0, durationMs) / 1000);
  const hours = Math.floor(seconds / 3600);
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
};

/** How long something took: `420 ms`, `6.2 s`, `42 s`, `10m`, `1h 5m`. */
export const tookText = (durationMs: number): string => {
  if (durationMs < 60_000)
    return durationMs < 10_000 ? secondsText(durationMs / 1000) : `${Math.round(durationMs / 1000)} s`;
  const seconds = Math.round(durationMs / 1000);
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  if (hours > 0) return minutes > 0 ? `${hours}h ${minutes}m` : `${hours}h`;
  return rest > 0 ? `${minutes}m ${rest}s` : `${minutes}m`;
};

/** Time of day where the reader is: `12:41:08`. */
export const timeOfDay = (atMs: number): string => {
  const at = new Date(atMs);
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
};
