/** Gateway API duration strings (`10m`, `1h30m`, `250ms`) to milliseconds and back. */

const msPerUnit = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 } as const;

type Unit = keyof typeof msPerUnit;

/** The form of the Gateway API: up to four whole numbers of at most five digits, each with its unit. */
const durationPattern = /^(?:[0-9]{1,5}(?:h|ms|m|s)){1,4}$/;

/** Milliseconds, or null when the text is no duration. */
export const parseDuration = (text: string): number | null => {
  if (!durationPattern.test(text)) return null;
  let ms = 0;
  for (const [, count, unit] of text.matchAll(/([0-9]+)(h|ms|m|s)/g)) ms += Number(count) * msPerUnit[unit as Unit];
  return ms;
};

/** The shortest form, largest unit first, rounded to whole milliseconds: 5_400_000 is `1h30m`; nothing is `0s`. */
export const formatDuration = (durationMs: number): string => {
  let left = Math.max(0, Math.round(durationMs));
  let text = '';
  for (const unit of ['h', 'm', 's', 'ms'] as const) {
    const count = Math.floor(left / msPerUnit[unit]);
    if (count > 0) text += `${count}${unit}`;
    left -= count * msPerUnit[unit];
  }
  return text === '' ? '0s' : text;
};
