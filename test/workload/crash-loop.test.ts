import { expect, test } from 'vitest';
import { isCrashLoop, restartDelayMs, withDeath } from '../../src/workload/crash-loop.ts';

function deathsAt(...times: readonly number[]): readonly number[] {
  return times.reduce<readonly number[]>(withDeath, []);
}

test('five restarts are allowed within two minutes, the sixth death is a crash loop', () => {
  expect(isCrashLoop(deathsAt(0, 1_000, 2_000, 3_000, 4_000))).toBe(false);
  expect(isCrashLoop(deathsAt(0, 1_000, 2_000, 3_000, 4_000, 5_000))).toBe(true);
});

test('old deaths are forgotten, and so are those that a jump of the clock put into the future', () => {
  expect(deathsAt(0, 1_000, 200_000)).toEqual([200_000]);
  expect(deathsAt(3_600_000, 1_000)).toEqual([1_000]);
});

test('the delay doubles, and a crash loop is tried every 30 s', () => {
  const delays = [1, 2, 3, 4, 5, 6].map((count) => restartDelayMs(new Array(count).fill(0), 200));
  expect(delays).toEqual([200, 400, 800, 1_600, 3_200, 30_000]);
});
