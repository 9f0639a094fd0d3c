/** Durations as the Gateway API writes them. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatDuration, parseDuration } from '../../src/lib/duration.ts';

describe('parseDuration', () => {
  test.each([
    ['10m', 600_000],
    ['1h30m', 5_400_000],
    ['300s', 300_000],
    ['250ms', 250],
    ['1h2m3s4ms', 3_723_004],
    ['0s', 0],
    ['99999h', 359_996_400_000],
  ])('%s is %d ms', (text, ms) => expect(parseDuration(text)).toBe(ms));

  test.each(['', '5', 'm', '5 m', '-5m', '1.5h', '5min', '123456s', '1d', '5M', '1h1m1s1ms1s', ' 5m', '5m\n'])(
    '%j is no duration',
    (text) => expect(parseDuration(text)).toBeNull(),
  );
});

describe('formatDuration', () => {
  test('says the largest unit first', () => expect(formatDuration(5_400_250)).toBe('1h30m250ms'));
  test('nothing is 0s', () => expect(formatDuration(0)).toBe('0s'));
  test('parts of a millisecond are rounded', () => expect(formatDuration(1499.6)).toBe('1s500ms'));
  test('what it writes, parseDuration reads', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 99_999 * 3_600_000 }), (ms) => {
        expect(parseDuration(formatDuration(ms))).toBe(ms);
      }),
    );
  });
});
