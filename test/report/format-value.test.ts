import { describe, expect, it } from 'vitest';
import { clockText, countText, eventsText, tookText, valueText } from '../../src/report/format-value.ts';

describe('numbers as people read them', () => {
  it.each([
    [0.0003, 'ratio', '0.03 %'],
    [0.4921, 'ratio', '49.2 %'],
    [0, 'ratio', '0 %'],
    [0.4123, 'seconds', '412 ms'],
    [1.25, 'seconds', '1.25 s'],
    [null, 'ratio', '-'],
    [Number.NaN, 'ratio', '-'],
  ] as const)('%s as %s is %s', (value, unit, text) => expect(valueText(value, unit)).toBe(text));

  it.each([
    [999, '999'],
    [12_412, '12.4k'],
    [999_700, '1M'],
  ])('%s events are %s', (count, text) => expect(countText(count)).toBe(text));

  it.each([
    [462_000, '07:42'],
    [461_001, '07:42'],
    [7_140_000, '1:59:00'],
    [-5, '00:00'],
  ])('%s ms left are %s', (ms, text) => expect(clockText(ms)).toBe(text));

  it.each([
    [420, '420 ms'],
    [6_200, '6.2 s'],
    [42_000, '42s'],
    [3_900_000, '1h5m'],
  ])('%s ms took %s', (ms, text) => expect(tookText(ms)).toBe(text));
});

it('a level counts no events', () => {
  expect(eventsText({ counts: false, events: 0 })).toBe('-');
  expect(eventsText({ counts: true, events: 0 })).toBe('0');
});
