/** promtool's notation, as its own documentation writes it. */
import { expect, test } from 'vitest';
import { parseSeriesValues } from '../../src/tuning/series-notation.ts';

const rows: readonly (readonly [string, readonly (number | null)[]])[] = [
  ['1 2 3', [1, 2, 3]],
  ['-2+4x3', [-2, 2, 6, 10]],
  [' 1-2x4', [1, -1, -3, -5, -7]],
  ['1x4', [1, 1, 1, 1, 1]],
  ['1 _x3 stale', [1, null, null, null, null]],
  ['_', [null]],
  ['1+0x3 5+2x3', [1, 1, 1, 1, 5, 7, 9, 11]],
  ['0.5+1.5x2 1e3', [0.5, 2, 3.5, 1000]],
  ['NaN +Inf -Inf', [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]],
];

test.each(rows)('%s', (text, values) => {
  expect(parseSeriesValues(text)).toEqual({ ok: true, value: values });
});

test.each(['', '1 two', '1+x3', '1+2x', '0x', '_x', '{{schema:0}}'])('%j is refused, and the spot is named', (text) => {
  const spot = JSON.stringify(text.split(' ').at(-1));
  const error = `${spot} is no part of a series; write 0+25x40, 1 2 3, 5x3, _, _x5 or stale`;
  expect(parseSeriesValues(text)).toEqual({ ok: false, error });
});

test('a typing error of some zeros is refused instead of filling the memory', () => {
  expect(parseSeriesValues('0+1x999999')).toEqual({ ok: false, error: 'has more than 100000 samples' });
});
