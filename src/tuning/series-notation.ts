/** promtool's notation of a series' samples: `0+25x40`, `1 2 3`, `5x3`, `_`, `_x5`, `stale`. */
import { failed, ok, type Result } from '../lib/result.ts';

/** More samples than a rollout of weeks has. */
const mostSamples = 100_000;

const number = String.raw`[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?`;
const single = new RegExp(`^${number}$`);
const repeated = new RegExp(`^(${number})x([0-9]{1,6})$`);
const stepped = new RegExp(`^(${number})([-+])(${number.replace('[-+]?', '')})x([0-9]{1,6})$`);
const missing = /^_(?:x([0-9]{1,6}))?$/;

const special: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Inf: Number.POSITIVE_INFINITY,
  '+Inf': Number.POSITIVE_INFINITY,
  '-Inf': Number.NEGATIVE_INFINITY,
};

type Values = readonly (number | null)[];

/** `a+bxn` is a, a+b ... a+n*b, so n+1 samples, and `axn` n+1 of a; `_` and `stale` are none. The error names the spot. */
export function parseSeriesValues(text: string): Result<Values, string> {
  const values: (number | null)[] = [];
  for (const word of text.trim().split(/\s+/)) {
    const part = expanded(word);
    if (part === null) return failed(`${JSON.stringify(word.slice(0, 40))} is no part of a series; ${forms}`);
    if (values.length + part.length > mostSamples) return failed(`has more than ${mostSamples} samples`);
    for (const value of part) values.push(value);
  }
  return ok(values);
}

const forms = 'write 0+25x40, 1 2 3, 5x3, _, _x5 or stale';

function expanded(word: string): Values | null {
  if (word === 'stale') return [null];
  const value = special[word];
  if (value !== undefined) return [value];
  if (single.test(word)) return [Number(word)];
  const gap = missing.exec(word);
  if (gap !== null) return new Array<null>(Number(gap[1] ?? 1)).fill(null);
  const [, first, times] = repeated.exec(word) ?? [];
  if (first !== undefined) return new Array<number>(Number(times) + 1).fill(Number(first));
  const [, start, sign, step, steps] = stepped.exec(word) ?? [];
  if (start === undefined) return null;
  const by = Number(step) * (sign === '-' ? -1 : 1);
  return Array.from({ length: Number(steps) + 1 }, (_, n) => Number(start) + n * by);
}
