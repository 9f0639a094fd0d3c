/** Waits: the doubling one, the one that a signal ends, and the one for a condition. */
import { expect, test } from 'vitest';
import { backOff } from '../../src/lib/back-off.ts';
import { pause } from '../../src/lib/pause.ts';
import { within } from '../../src/lib/within.ts';

test('a back-off doubles with each failure in a row, up to its limit, however many there were', () => {
  const waits = [1, 2, 3, 4, 5, 5_000].map((failures) => backOff(failures, { firstMs: 200, longestMs: 1_000 }));
  expect(waits).toEqual([200, 400, 800, 1_000, 1_000, 1_000]);
});

test('a pause is over at once when the signal comes, also when it came before', async () => {
  const end = new AbortController();
  const paused = pause(3_600_000, end.signal);
  end.abort();
  await paused;
  await pause(3_600_000, end.signal);
});

test('a condition is looked at until it holds', async () => {
  let looks = 0;
  expect(await within({ withinMs: 60_000, everyMs: 1 }, () => ++looks === 3)).toBe(true);
  expect(looks).toBe(3);
});

test('a condition that does not come is looked at at least once, and given up', async () => {
  let looks = 0;
  expect(await within({ withinMs: 0, everyMs: 1 }, async () => ++looks < 0)).toBe(false);
  expect(looks).toBe(1);
});
