/** Days, weeks and months that releases are counted in, by UTC: everybody who looks sees the same. */

export const periods = ['day', 'week', 'month'] as const;

export type Period = (typeof periods)[number];

const dayMs = 86_400_000;
export const weekMs = 7 * dayMs;

/** 1970-01-05, the first Monday. */
const mondayMs = 4 * dayMs;

/** When the period that holds this time began, epoch ms; weeks begin on Monday. */
export const beginOf = (period: Period, atMs: number): number => {
  if (period === 'day') return Math.floor(atMs / dayMs) * dayMs;
  if (period === 'week') return mondayMs + Math.floor((atMs - mondayMs) / weekMs) * weekMs;
  const at = new Date(atMs);
  return Date.UTC(at.getUTCFullYear(), at.getUTCMonth());
};

/** When the next one begins. */
export const nextOf = (period: Period, beginMs: number): number => {
  if (period === 'day') return beginMs + dayMs;
  if (period === 'week') return beginMs + weekMs;
  const at = new Date(beginMs);
  return Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1);
};

/** In which so long a time is easily looked over. */
export const periodFor = (spanMs: number): Period => {
  if (spanMs <= 2 * weekMs) return 'day';
  return spanMs <= 26 * weekMs ? 'week' : 'month';
};
