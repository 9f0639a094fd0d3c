/** How numbers are said to people: percentages, counts, spans of time, moments. */

/** 0.00052 -> `0.052 %`; three digits are enough to decide by. */
export const percent = (fraction: number): string => `${short(fraction * 100)} %`;

/** 0.4123 -> `412 ms`, 1.5 -> `1.5 s`. */
export const seconds = (value: number): string => (value < 1 ? `${short(value * 1000)} ms` : `${short(value)} s`);

/** Three digits. */
const short = (value: number): string => {
  if (value === 0 || !Number.isFinite(value)) return String(value);
  let scale = 1;
  for (let shifted = Math.abs(value); shifted < 100; shifted *= 10) scale *= 10;
  return String(Math.round(value * scale) / scale);
};

/** 12400 -> `12,400`. */
export const count = (value: number): string => String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');

/** 90000 -> `1m30s`; rounded to what matters. */
export const span = (ms: number): string => {
  if (ms > 0 && ms < 950) return `${Math.ceil(ms)}ms`;
  const total = ms < 600_000 ? Math.round(ms / 1000) : Math.round(ms / 60_000) * 60;
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  const rest = total % 60;
  return `${hours > 0 ? `${hours}h` : ''}${minutes > 0 ? `${minutes}m` : ''}${rest > 0 || total === 0 ? `${rest}s` : ''}`;
};

/** 604800000 -> `7 days ago`. */
export const daysAgo = (ms: number): string => {
  const days = Math.round(ms / 86_400_000);
  return `${days} day${days === 1 ? '' : 's'} ago`;
};

/** Epoch ms -> `12:40:08Z`. */
export const moment = (ms: number): string => `${new Date(ms).toISOString().slice(11, 19)}Z`;
