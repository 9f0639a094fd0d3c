import { expect, test } from 'vitest';
import { count, daysAgo, moment, percent, seconds, span } from '../../src/verdict/words.ts';

test.each([
  [0, '0 %'],
  [0.00052, '0.052 %'],
  [0.0213333, '2.13 %'],
  [0.9999, '100 %'],
  [12.34567, '1235 %'],
])('%d of 1 is %s', (fraction, said) => expect(percent(fraction)).toBe(said));

test.each([
  [0.4123, '412 ms'],
  [1.5, '1.5 s'],
])('%d seconds are %s', (value, said) => expect(seconds(value)).toBe(said));

test.each([
  [7, '7'],
  [12_400, '12,400'],
  [1_234_567.8, '1,234,568'],
])('%d is counted %s', (value, said) => expect(count(value)).toBe(said));

test.each([
  [0, '0s'],
  [250, '250ms'],
  [15_000, '15s'],
  [90_000, '1m30s'],
  [300_000, '5m'],
  [11_765_000, '3h16m'],
  [7_200_000, '2h'],
])('%d ms is %s', (ms, said) => expect(span(ms)).toBe(said));

test('moments are in UTC', () => expect(moment(Date.UTC(2030, 0, 1, 12, 40, 8))).toBe('12:40:08Z'));
test.each([
  [0.0001, '0.01 %'],
  [0.01, '1 %'],
  [0.1, '10 %'],
  [1, '100 %'],
  [0.00999, '0.999 %'],
  [-0.05, '-5 %'],
  [Number.POSITIVE_INFINITY, 'Infinity %'],
])('three digits of %d: %s', (fraction, said) => expect(percent(fraction)).toBe(said));

test.each([
  [0.9994, '999 ms'],
  [1, '1 s'],
  [12.34, '12.3 s'],
  [0, '0 ms'],
])('%d seconds, at the change of units, are %s', (value, said) => expect(seconds(value)).toBe(said));

test.each([
  [0.2, '1ms'],
  [949, '949ms'],
  [950, '1s'],
  [59_600, '1m'],
  [599_400, '9m59s'],
  [600_000, '10m'],
  [629_000, '10m'],
  [3_599_000, '1h'],
  [3_660_000, '1h1m'],
])('%d ms, rounded to what matters, is %s', (ms, said) => expect(span(ms)).toBe(said));

test.each([
  [86_400_000, '1 day ago'],
  [604_800_000, '7 days ago'],
  [0, '0 days ago'],
])('%d ms ago is %s', (ms, said) => expect(daysAgo(ms)).toBe(said));

test.each([
  [999, '999'],
  [1_000, '1,000'],
  [123_456, '123,456'],
  [1_000_000, '1,000,000'],
])('%d has its commas: %s', (value, said) => expect(count(value)).toBe(said));
