/** Numbers in promtool's notation of a series, as short as it gets; read back they are the same. */

type Values = readonly (number | null)[];

/** `0+25x40 1 2 5x3 _x5`. */
export function seriesText(values: Values): string {
  const words: string[] = [];
  for (let at = 0; at < values.length; ) {
    const run = longest(values, at);
    words.push(run.word);
    at += run.length;
  }
  return words.join(' ');
}

interface Run {
  readonly word: string;
  readonly length: number;
}

/** Shorter than this, single numbers are as short, and easier to read. */
const leastSteps = 3;

function longest(values: Values, at: number): Run {
  const value = values[at] ?? null;
  const same = lengthOf(values, at, () => value);
  if (value === null) return { word: same === 1 ? '_' : `_x${same}`, length: same };
  const next = values[at + 1] ?? null;
  const step = next === null ? 0 : next - value;
  if (step !== 0 && Number.isSafeInteger(value) && Number.isSafeInteger(step)) {
    const stepped = lengthOf(values, at, (n) => value + n * step);
    if (stepped > leastSteps)
      return { word: `${value}${step < 0 ? '-' : '+'}${Math.abs(step)}x${stepped - 1}`, length: stepped };
  }
  return same === 1 ? { word: String(value), length: 1 } : { word: `${value}x${same - 1}`, length: same };
}

function lengthOf(values: Values, at: number, of: (n: number) => number | null): number {
  let n = 1;
  while (at + n < values.length && values[at + n] === of(n)) n += 1;
  return n;
}
