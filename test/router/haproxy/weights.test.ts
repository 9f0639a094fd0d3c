/** Weights for a share over server counts: exact for every percent and every number of servers. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { percentOf, sharesOf } from '../../../src/router/haproxy/weights.ts';

const servers = fc.integer({ min: 1, max: 400 });
const spreadOf = (weights: readonly number[]): number => Math.max(...weights) - Math.min(...weights);

describe('weights of HAProxy servers', () => {
  test('the share is exact, every weight is one that HAProxy takes, and the servers of a version are even', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 }), servers, servers, (percent, canary, stable) => {
        const shares = sharesOf(percent, { canary, stable });
        const all = [...shares.canary, ...shares.stable];
        const total = all.reduce((sum, weight) => sum + weight, 0);
        expect(shares.canary.reduce((sum, weight) => sum + weight, 0) * 100).toBe(percent * total);
        expect(all.every((weight) => Number.isInteger(weight) && weight >= 0 && weight <= 256)).toBe(true);
        expect([shares.canary.length, shares.stable.length]).toEqual([canary, stable]);
        expect(Math.max(spreadOf(shares.canary), spreadOf(shares.stable))).toBeLessThanOrEqual(1);
      }),
    );
  });

  test.each([
    [25, 1, 1, [1], [3]],
    [25, 1, 3, [1], [1, 1, 1]],
    [50, 2, 6, [3, 3], [1, 1, 1, 1, 1, 1]],
    [1, 1, 1, [1], [99]],
    [0, 2, 2, [0, 0], [1, 1]],
    [100, 2, 2, [1, 1], [0, 0]],
  ])('%i %% over %i canaries and %i stables', (percent, canary, stable, ofCanary, ofStable) => {
    expect(sharesOf(percent, { canary, stable })).toEqual({ canary: ofCanary, stable: ofStable });
  });

  test('where one weight for all does not fit, some servers of the larger version rest rather than the share being off', () => {
    const { canary, stable } = sharesOf(1, { canary: 10, stable: 1 });
    expect(percentOf(canary, stable)).toBe(1);
    expect(canary).toEqual([1, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
  });

  test('a version without servers leaves everything to the other', () => {
    expect(sharesOf(25, { canary: 0, stable: 2 })).toEqual({ canary: [], stable: [1, 1] });
    expect(sharesOf(25, { canary: 2, stable: 0 })).toEqual({ canary: [1, 1], stable: [] });
    expect(percentOf([], [])).toBeNull();
  });
});
