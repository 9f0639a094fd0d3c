/** Moments as people type them: a date, a date with a time, or how long ago. */
import { InvalidArgumentError } from 'commander';

const msPer = { w: 604_800_000, d: 86_400_000, h: 3_600_000, m: 60_000 } as const;

const ago = /^([0-9]{1,5})([wdhm])$/;
const date = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2})?)?$/;

function momentOf(text: string, nowMs: number): number | null {
  if (text === 'now') return nowMs;
  const [, count, unit] = ago.exec(text) ?? [];
  if (count !== undefined) return nowMs - Number(count) * msPer[unit as keyof typeof msPer];
  if (!date.test(text)) return null;
  const atMs = Date.parse(text.length === 10 ? `${text}T00:00` : text.replace(' ', 'T'));
  return Number.isNaN(atMs) ? null : atMs;
}

/** `30d` is thirty days before `nowMs`; a time without a zone is the local one. */
export const moment =
  (nowMs: number) =>
  (text: string): number => {
    const atMs = momentOf(text, nowMs);
    if (atMs === null)
      throw new InvalidArgumentError('Write 30d, 12h, 2026-10-01, 2026-10-01T12:00 or 2026-10-01T12:00Z.');
    return atMs;
  };
