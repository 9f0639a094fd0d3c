import { describe, expect, it } from 'vitest';
import { shiftOf } from './mann-whitney.ts';

/** R's `airquality`: ozone in May and in August. */
const may = [41, 36, 12, 18, 28, 23, 19, 8, 7, 16, 11, 14, 18, 14, 34, 6, 30, 11, 1, 11, 4, 32, 23, 45, 115, 37];
const august = [
  39, 9, 16, 78, 35, 66, 122, 89, 110, 44, 28, 65, 22, 59, 23, 31, 44, 21, 9, 45, 168, 73, 76, 118, 84, 85,
];

describe('Mann-Whitney U', () => {
  it("says what R's manual prints of a data set with ties: W, p, estimate and 95 % interval", () => {
    const { u, pValue, estimate, low, high } = shiftOf(may, august, 0.95);
    expect(u).toBe(127.5);
    expect(pValue).toBeCloseTo(0.0001208, 7);
    expect([low, estimate, high]).toEqual([-53, -32, -15]);
  });

  it('is the same seen from the other side', () => {
    const { u, pValue, estimate, low, high } = shiftOf(august, may, 0.95);
    expect(u).toBe(26 * 26 - 127.5);
    expect(pValue).toBeCloseTo(0.0001208, 7);
    expect([low, estimate, high]).toEqual([15, 32, 53]);
  });

  it('counts as Mann and Whitney do: six tortoises and six hares by the order they came in', () => {
    const tortoises = [1, 7, 8, 9, 10, 11];
    const hares = [2, 3, 4, 5, 6, 12];
    expect(shiftOf(hares, tortoises, 0.95).u).toBe(11);
    expect(shiftOf(tortoises, hares, 0.95).u).toBe(25);
  });

  it('can exclude nothing on three points: the interval ends at the outermost differences', () => {
    expect(shiftOf([1, 2, 3], [10, 20, 30], 0.98)).toMatchObject({ low: -29, high: -7, u: 0 });
  });
});
