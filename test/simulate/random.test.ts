import { expect, test } from 'vitest';
import { bursts, poisson, seeded } from './random.ts';

const moments = (draw: () => number, n: number): { mean: number; dispersion: number } => {
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < n; i++) {
    const value = draw();
    sum += value;
    squares += value * value;
  }
  const mean = sum / n;
  return { mean, dispersion: (squares / n - mean * mean) / mean };
};

test.each([0.01, 0.4, 3, 29, 31, 375, 3750])('Poisson of mean %d has this mean and this variance', (mean) => {
  const random = seeded(7);
  const n = 60_000;
  const seen = moments(() => poisson(random, mean), n);
  expect(Math.abs(seen.mean - mean)).toBeLessThan(5 * Math.sqrt(mean / n));
  expect(Math.abs(seen.dispersion - 1)).toBeLessThan(5 * Math.sqrt((2 + 1 / mean) / n));
});

test('bursts of mean size 3 have variance 5 times the mean', () => {
  const random = seeded(7);
  const seen = moments(() => bursts(random, 6, 3), 100_000);
  expect(seen.mean).toBeCloseTo(6, 0);
  expect(seen.dispersion).toBeGreaterThan(4.8);
  expect(seen.dispersion).toBeLessThan(5.2);
});

test('uniform numbers fill [0, 1) evenly, and neighbouring seeds do not resemble each other', () => {
  const cells = Array.from({ length: 20 }, () => 0);
  for (let seed = 0; seed < 200; seed++) {
    const random = seeded(seed);
    for (let i = 0; i < 100; i++) {
      const cell = Math.floor(random.next() * 20);
      cells[cell] = (cells[cell] ?? 0) + 1;
    }
  }
  for (const cell of cells) expect(Math.abs(cell - 1000)).toBeLessThan(150);
});
