import { expect, test } from 'vitest';
import { count, moment, percent, seconds, span } from '../../src/verdict/words.ts';

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
