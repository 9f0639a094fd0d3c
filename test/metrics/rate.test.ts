import { describe, expect, it } from 'vitest';
import { growthPerSecond } from '../../src/metrics/rate.ts';
import type { Series } from '../../src/metrics/series.ts';

const selector = { metric: 'requests_total', matchers: [] };
const arm = { version: ['v1'] };
const series = (instance: string, values: readonly (readonly [number, number])[], version = 'v1'): Series => ({
  metric: 'requests_total',
  labels: { instance, version },
  samples: values.map(([atMs, value]) => ({ atMs, value })),
});

describe('growthPerSecond', () => {
  it('adds up the instances of one arm, over the answers that show them', () => {
    const first = [series('a', [[0, 100]]), series('b', [[500, 7]]), series('c', [[0, 0]], 'v2')];
    const second = [series('a', [[2_000, 300]]), series('b', [[1_500, 17]]), series('c', [[2_000, 900]], 'v2')];
    expect(growthPerSecond([...first, ...second], selector, arm)).toBe(110);
  });

  it('takes a reset for no growth, and one sample for no knowledge', () => {
    expect(
      growthPerSecond(
        [
          series('a', [
            [0, 100],
            [1_000, 2],
          ]),
        ],
        selector,
        arm,
      ),
    ).toBe(0);
    expect(growthPerSecond([series('a', [[0, 100]])], selector, arm)).toBeNull();
    expect(growthPerSecond([], selector, arm)).toBeNull();
  });
});
