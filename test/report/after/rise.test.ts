import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/cli/demo/seeded-random.ts';
import { riseOf } from '../../../src/report/after/rise.ts';

const points = (values: readonly number[]) => values.map((value, at) => ({ atMs: 900_000 * at, value }));

describe('a rise over a time', () => {
  it('is found in a leak, with its pace', () => {
    const rise = riseOf(points(Array.from({ length: 96 }, (_, n) => 0.4 + 0.002 * n)));
    expect(rise?.from).toBeCloseTo(0.4, 1);
    expect(rise?.to).toBeCloseTo(0.59, 1);
    expect((rise?.perMs ?? 0) * 900_000).toBeCloseTo(0.002, 5);
  });

  it.each([
    ['nothing changes', Array(96).fill(0.3)],
    ['it falls', Array.from({ length: 96 }, (_, n) => 1 - n / 100)],
    ['a day goes up and down', Array.from({ length: 96 }, (_, n) => 0.5 + 0.2 * Math.sin((2 * Math.PI * n) / 96))],
    ['there are too few', [1, 2, 3, 4, 5, 6, 7]],
    ['there is none', []],
    ['one peak stands out', Array.from({ length: 96 }, (_, n) => (n === 80 ? 5 : 0.3))],
  ])('is not found where %s', (_words, values) => {
    expect(riseOf(points(values))).toBeNull();
  });

  it('is found by chance about once in a hundred times', () => {
    const random = seededRandom(7);
    const found = Array.from({ length: 1_000 }, () =>
      riseOf(points(Array.from({ length: 96 }, () => random()))),
    ).filter((rise) => rise !== null);
    expect(found.length).toBeLessThan(25);
  });
});
